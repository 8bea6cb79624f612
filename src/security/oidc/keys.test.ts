import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "#platform/clock";
import { createKeys } from "./keys.ts";

// Making an RSA key takes as long as chance will have it.
setDefaultTimeout(30_000);

const dayMs = 86_400_000;
let nowMs = 1_700_000_000_000;
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "hearth-keys-")), "oidc");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const open = () => createKeys({ folder, clock: { now: () => nowMs }, random: systemRandom });
const idsOf = (keys: readonly { kid: string }[]) => keys.map(({ kid }) => kid);

test("keys are made when they are first needed, for this user only, and outlive a restart", async () => {
  const keys = open();
  expect(keys.known()).toEqual([]);
  expect(() => statSync(folder)).toThrow();
  const made = await keys.signing();
  expect(made.map(({ alg }) => alg)).toEqual(["RS256", "ES256"]);
  expect(statSync(join(folder, "keys.json")).mode & 0o777).toBe(0o600);
  expect(idsOf(await open().signing())).toEqual(idsOf(made));
});

test("new ones sign after 90 days, old ones stay until 120, and renewing often keeps the file small", async () => {
  const keys = open();
  const first = idsOf(await keys.signing());
  nowMs += 89 * dayMs;
  expect(idsOf(await keys.signing())).toEqual(first);
  nowMs += 2 * dayMs;
  const second = idsOf(await keys.signing());
  expect(second.slice(2)).toEqual(first);
  nowMs += 40 * dayMs;
  await keys.rotate();
  expect(idsOf(await keys.signing()).some((kid) => first.includes(kid))).toBe(false);
  for (let i = 0; i < 4; i++) await keys.rotate();
  expect(keys.known().length).toBe(10);
});

test("a damaged file is named, and never replaced by new keys", async () => {
  await open().signing();
  writeFileSync(join(folder, "keys.json"), '{"keys":[{"secret":"x"}]}');
  expect(open().signing()).rejects.toThrow(/keys.json is damaged/);
});
