import { expect, test } from "bun:test";
import { changeConfig, type ConfigSubscriber } from "./change.ts";
import { readConfig } from "./read.ts";

function config(text: string) {
  const result = readConfig(text);
  if (!result.ok) throw new Error("refused");
  return result.config;
}

const current = config("");
const next = config("services: { storage: { trash: { keepDays: 7 } } }");
const timeoutMs = 50;

function subscriber(name: string, log: string[], overrides: Partial<ConfigSubscriber> = {}): ConfigSubscriber {
  return {
    name,
    verify: () => {
      log.push(`${name} verifies`);
      return [];
    },
    commit: () => {
      log.push(`${name} commits`);
      return "applied";
    },
    ...overrides,
  };
}

test("all verify before any commits", async () => {
  const log: string[] = [];
  const restarts = subscriber("b", log, { commit: () => "restart-needed" });
  const outcome = await changeConfig({ current, next, subscribers: [subscriber("a", log), restarts], timeoutMs });
  expect(outcome).toEqual({ outcome: "committed", restartNeeded: ["b"], failures: [] });
  expect(log).toEqual(["a verifies", "b verifies", "a commits"]);
});

test("one objection, a crash or silence while verifying refuses the change for all", async () => {
  const objections: ConfigSubscriber["verify"][] = [
    () => [{ path: "services.storage.trash.keepDays", line: 0, column: 0, message: "too short" }],
    () => {
      throw new Error("broken");
    },
    () => new Promise(() => undefined),
  ];
  for (const verify of objections) {
    const log: string[] = [];
    const subscribers = [subscriber("a", log), subscriber("b", log, { verify })];
    const outcome = await changeConfig({ current, next, subscribers, timeoutMs });
    expect(outcome.outcome).toBe("refused");
    expect(log).toEqual(["a verifies"]);
  }
});

test("a commit that fails stops nobody else and asks for a restart", async () => {
  const log: string[] = [];
  const commit = () => Promise.reject(new Error("port taken"));
  const outcome = await changeConfig({
    current,
    next,
    subscribers: [subscriber("a", log, { commit }), subscriber("b", log)],
    timeoutMs,
  });
  expect(outcome).toMatchObject({ outcome: "committed", restartNeeded: ["a"] });
  expect(log).toContain("b commits");
});
