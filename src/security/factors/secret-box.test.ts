import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { systemRandom } from "#platform/clock";
import { createSecretBox } from "./secret-box.ts";

const folder = mkdtempSync(join(tmpdir(), "hearth-box-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keyFile = join(folder, "security", "secrets.key");
const open = (path = keyFile) => createSecretBox({ keyFile: path, random: systemRandom });

test("what is sealed opens for its purpose alone, also after a restart, and shows nothing", () => {
  const box = open();
  expect(() => statSync(keyFile)).toThrow();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.string(), fc.string(), (plain, purpose, other) => {
      const sealed = box.seal(plain, purpose);
      expect([...open().open(sealed, purpose)]).toEqual([...plain]);
      if (other !== purpose) expect(() => box.open(sealed, other)).toThrow("unavailable");
      expect(box.seal(plain, purpose)).not.toBe(sealed);
    }),
    { numRuns: 50 },
  );
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "security")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, "security"))).toEqual(["secrets.key"]);
});

test("another key, a damaged text and a lost key are told apart from a wrong code", () => {
  const sealed = open().seal(Buffer.from("secret"), "x");
  const elsewhere = open(join(folder, "other.key"));
  elsewhere.seal(Buffer.from("y"), "y");
  expect(() => elsewhere.open(sealed, "x")).toThrow("secrets.key");
  expect(() => open(join(folder, "none.key")).open(sealed, "x")).toThrow("secrets.key");
  const damaged = sealed.slice(0, -2) + (sealed.endsWith("A") ? "B" : "A");
  expect(() => open().open(damaged, "x")).toThrow("unavailable");
  for (const text of ["", "1.", "2.a.b", "1.zz.AA"]) expect(() => open().open(text, "x")).toThrow("unavailable");
});

test("a key file that cannot be one is not written over", () => {
  const path = join(folder, "short.key");
  writeFileSync(path, "too short");
  expect(() => open(path).seal(Buffer.from("x"), "x")).toThrow("cannot be used");
  expect(statSync(path).size).toBe(9);
});
