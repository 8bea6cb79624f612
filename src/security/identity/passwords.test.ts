import { expect, test } from "bun:test";
import type { AppError } from "#platform/errors";
import { createPasswordHasher } from "./passwords.ts";

const cheap = { memoryKib: 64, passes: 1 };

test("hashes are argon2id with 64 MiB and 3 passes, and verify", async () => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash("correct horse");
  expect(hash).toStartWith("$argon2id$v=19$m=65536,t=3,p=1$");
  expect(await hasher.verify("correct horse", hash)).toBe(true);
  expect(await hasher.verify("correct house", hash)).toBe(false);
  expect(hasher.isOutdated(hash)).toBe(false);
  expect(createPasswordHasher(cheap).isOutdated(hash)).toBe(true);
});

test("nobody's password and the empty password are never right, and cost as much as a wrong one", async () => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash("correct horse");
  const time = async (password: string, against: string | undefined) => {
    const startNs = Bun.nanoseconds();
    expect(await hasher.verify(password, against)).toBe(false);
    return (Bun.nanoseconds() - startNs) / 1e6;
  };
  // The least of several runs: noise on a busy machine only ever adds.
  const least = async (password: string, against: string | undefined) =>
    Math.min(await time(password, against), await time(password, against), await time(password, against));
  const known = await least("wrong password", hash);
  for (const other of [await least("wrong password", undefined), await least("", hash)]) {
    expect(other).toBeGreaterThan(known / 2);
    expect(other).toBeLessThan(known * 2);
  }
}, 30_000);

test("composed and decomposed letters are the same password", async () => {
  const hasher = createPasswordHasher(cheap);
  expect(await hasher.verify("gru\u0308ner Tee", await hasher.hash("gr\u00fcner Tee"))).toBe(true);
});

test("works on few at once, lets a bounded number wait and refuses the rest", async () => {
  const hasher = createPasswordHasher({ memoryKib: 1024, passes: 1, concurrency: 2, maxWaiting: 3 });
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => hasher.hash("correct horse")));
  expect(results.filter(({ status }) => status === "fulfilled").length).toBe(5);
  for (const result of results) {
    if (result.status === "rejected") expect((result.reason as AppError).code).toBe("too-many-requests");
  }
  expect(await hasher.hash("free again")).toStartWith("$argon2id$");
});
