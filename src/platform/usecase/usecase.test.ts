import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { z } from "zod";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { type Contract, defineContract, type Factor } from "#wire";
import { type Actor, anonymous, strengthOf, systemActor } from "./actor.ts";
import { type Handlers, implement } from "./implement.ts";
import { renderOpenApi } from "./openapi.ts";
import { type AuditEntry, createRunner } from "./runner.ts";

const log = createLogger({ clock: { now: () => 0 }, level: "error", write: () => undefined });
const output = z.object({ ok: z.boolean() });
const operation = (permission: "public" | "self" | "by-resource" | "server.read", effect: "read" | "write") =>
  ({ summary: "x", input: z.object({ n: z.int().default(1) }), output, permission, effect }) as const;

const contract = defineContract({
  "t.open": operation("public", "read"),
  "t.mine": operation("self", "write"),
  "t.node": operation("by-resource", "write"),
  "t.server": operation("server.read", "read"),
  "t.keys": { ...operation("self", "write"), stepUp: true },
  "t.setUp": { ...operation("self", "write"), duringFactorSetup: true },
});
const eva: Actor = { ...anonymous, kind: "person", userId: 1, name: "eva", via: "session", readOnly: false };
const admin: Actor = { ...eva, capabilities: new Set(["server.read"]) };

function createTestRunner(handlers: Partial<Handlers<typeof contract>> = {}, now = () => 0) {
  const entries: AuditEntry[] = [];
  const ok = () => ({ ok: true });
  const none = { "t.open": ok, "t.mine": ok, "t.node": ok, "t.server": ok, "t.keys": ok, "t.setUp": ok };
  const all = { ...none, ...handlers };
  const runner = createRunner({
    implementations: implement(contract, all),
    log,
    clock: { now },
    audit: (entry) => void entries.push(entry),
  });
  const run = async (name: string, actor: Actor, input: unknown = {}) => {
    const caller = { actor, requestId: "r", address: "::1", userAgent: "", secure: true, replyHeaders: new Headers() };
    try {
      return await runner.run(name, input, caller);
    } catch (thrown) {
      return thrown instanceof AppError ? thrown.code : thrown;
    }
  };
  return { run, outcomes: () => entries.map((entry) => `${entry.operation} ${entry.outcome}`) };
}

describe("permission", () => {
  test("public for all, self for persons, a capability for its holders, everything for the program itself", async () => {
    const { run } = createTestRunner();
    const ok = { ok: true };
    const table: [string, Actor, unknown][] = [
      ["t.open", anonymous, ok],
      ["t.mine", anonymous, "unauthenticated"],
      ["t.mine", eva, ok],
      ["t.server", anonymous, "unauthenticated"],
      ["t.server", eva, "forbidden"],
      ["t.server", admin, ok],
      ["t.server", systemActor, ok],
    ];
    for (const [name, actor, expected] of table) expect(await run(name, actor)).toEqual(expected);
  });

  test("a credential that may only read cannot write, whatever its person may", async () => {
    const { run } = createTestRunner();
    const reader = { ...admin, readOnly: true };
    expect(await run("t.mine", reader)).toBe("forbidden");
    expect(await run("t.server", reader)).toEqual({ ok: true });
  });

  test("an app password is no login to the account", async () => {
    const { run } = createTestRunner();
    expect(await run("t.mine", { ...eva, via: "app-password" })).toBe("forbidden");
  });

  test("a handler by resource that never asked fails closed, one that asked is believed", async () => {
    expect(await createTestRunner().run("t.node", eva)).toBe("internal");
    const asking = createTestRunner({
      "t.node": (context) => {
        context.checked();
        return { ok: true };
      },
    });
    expect(await asking.run("t.node", eva)).toEqual({ ok: true });
    expect(await asking.run("t.node", anonymous)).toBe("unauthenticated");
  });

  test("one call's asking does not count for another that runs beside it", async () => {
    const gate = Promise.withResolvers<void>();
    const { run } = createTestRunner({
      "t.node": async (context, { n }) => {
        if (n === 1) context.checked();
        await gate.promise;
        return { ok: true };
      },
    });
    const both = Promise.all([run("t.node", eva, { n: 1 }), run("t.node", eva, { n: 2 })]);
    gate.resolve();
    expect(await both).toEqual([{ ok: true }, "internal"]);
  });

  test("the right is looked at before the input", async () => {
    expect(await createTestRunner().run("t.server", eva, { n: "no number" })).toBe("forbidden");
  });
});

test("the strength of a proof: a passkey is two factors, a provider's word and a password are one", () => {
  const strengths: [factors: Factor[], strength: string][] = [
    [[], "none"],
    [["password"], "one-factor"],
    [["provider"], "one-factor"],
    [["password", "provider"], "one-factor"],
    [["passkey"], "two-factor"],
    [["password", "totp"], "two-factor"],
    [["provider", "certificate"], "two-factor"],
    [["password", "recovery-code"], "two-factor"],
  ];
  for (const [factors, strength] of strengths) expect(strengthOf({ factors })).toBe(strength as never);
});

describe("a fresh factor", () => {
  const minuteMs = 60_000;

  test("counts for five minutes at the session where it was shown", async () => {
    let nowMs = 100 * minuteMs;
    const { run, outcomes } = createTestRunner({}, () => nowMs);
    const fresh: Actor = { ...eva, factors: ["password"], factorAtMs: nowMs };
    expect(await run("t.keys", fresh)).toEqual({ ok: true });
    nowMs += 5 * minuteMs - 1;
    expect(await run("t.keys", fresh)).toEqual({ ok: true });
    nowMs += 1;
    expect(await run("t.keys", fresh)).toBe("step-up-required");
    expect(await run("t.mine", fresh)).toEqual({ ok: true });
    expect(outcomes()).toEqual(["t.keys allowed", "t.keys allowed", "t.keys refused", "t.mine allowed"]);
  });

  test("is asked of every credential that cannot show one, and not of the program itself", async () => {
    const { run } = createTestRunner();
    for (const via of ["password", "link"] as const) {
      expect(await run("t.keys", { ...eva, via, factorAtMs: 0 })).toBe("step-up-required");
    }
    expect(await run("t.keys", anonymous)).toBe("unauthenticated");
    expect(await run("t.keys", systemActor)).toEqual({ ok: true });
  });

  test("is asked before the input is looked at", async () => {
    const { run } = createTestRunner({}, () => 100 * minuteMs);
    expect(await run("t.keys", eva, { n: "no number" })).toBe("step-up-required");
  });

  test("whoever must set up a second factor gets only there, whatever they may otherwise", async () => {
    const { run } = createTestRunner();
    const bound: Actor = { ...admin, mustSetUpFactor: true };
    for (const name of ["t.mine", "t.node", "t.server", "t.keys"]) expect(await run(name, bound)).toBe("forbidden");
    for (const name of ["t.open", "t.setUp"]) expect(await run(name, bound)).toEqual({ ok: true });
    expect(await run("t.setUp", anonymous)).toBe("unauthenticated");
  });
});

describe("running", () => {
  test("the handler gets parsed input; bad input names the field", async () => {
    const seen: unknown[] = [];
    const { run } = createTestRunner({
      "t.open": (_, input) => {
        seen.push(input);
        return { ok: true };
      },
    });
    await run("t.open", anonymous, {});
    expect(seen).toEqual([{ n: 1 }]);
    for (const input of [{ n: "x" }, null, [], "text", 7])
      expect(await run("t.open", anonymous, input)).toBe("bad-request");
  });

  test("an unknown operation is not found, also one named like a part of every object", async () => {
    const { run } = createTestRunner();
    for (const name of ["t.nothing", "constructor", "__proto__", ""]) expect(await run(name, eva)).toBe("not-found");
  });

  test("two operations of one name stop the start", () => {
    const handlers = { "t.open": () => ({ ok: true }) };
    const half = implement({ "t.open": contract["t.open"] }, handlers);
    expect(() =>
      createRunner({ implementations: [...half, ...half], log, clock: { now: () => 0 }, audit: () => undefined }),
    ).toThrow("t.open");
  });

  test("every write and every refusal is in the audit, with how it ended", async () => {
    const { run, outcomes } = createTestRunner({
      "t.node": () => {
        throw new Error("defect");
      },
    });
    await run("t.open", anonymous);
    await run("t.mine", eva);
    await run("t.mine", anonymous);
    await run("t.server", eva);
    await run("t.server", admin);
    expect(await run("t.node", eva)).toBe("internal");
    expect(await run("t.mine", eva, { n: "x" })).toBe("bad-request");
    expect(outcomes()).toEqual([
      "t.mine allowed",
      "t.mine refused",
      "t.server refused",
      "t.node failed",
      "t.mine failed",
    ]);
  });
});

async function allContracts(): Promise<Contract[]> {
  const root = new URL("../../", import.meta.url).pathname;
  const paths = [...new Glob("**/contract.ts").scanSync({ cwd: root })].filter((path) => !path.startsWith("wire/"));
  const modules = await Promise.all(paths.map((path) => import(`${root}${path}`) as Promise<Record<string, Contract>>));
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (name.endsWith("Contract") ? [value] : [])),
  );
}

test("the OpenAPI document of all contracts holds together", async () => {
  const contracts = await allContracts();
  expect(contracts.length).toBeGreaterThanOrEqual(5);
  const implementations = contracts.flatMap((one) => implement(one, {} as Handlers<typeof one>));
  const document = renderOpenApi(implementations) as {
    openapi: string;
    paths: Record<string, { post: Record<string, unknown> }>;
  };
  expect(document.openapi).toMatch(/^3\.1\./);
  const posts = Object.values(document.paths).map(({ post }) => post);
  expect(posts).toHaveLength(implementations.length);
  expect(new Set(posts.map((post) => post["operationId"])).size).toBe(posts.length);
  for (const post of posts) {
    expect(post["summary"]).toMatch(/\S{3}/);
    expect(Object.keys(post["responses"] as object)).toEqual(["200", "default"]);
    const { content } = post["requestBody"] as { content: Record<string, { schema: Record<string, unknown> }> };
    const { type, anyOf, oneOf } = content["application/json"]?.schema ?? {};
    expect(type ?? anyOf ?? oneOf, String(post["operationId"])).toBeDefined();
  }
  for (const ref of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
    const steps = (ref[1] ?? "").split("/").slice(1);
    const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
    expect(target, ref[1]).toBeDefined();
  }
});
