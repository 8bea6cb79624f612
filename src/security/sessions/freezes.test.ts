import { expect, test } from "bun:test";
import { systemClock } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { createFreezes } from "./freezes.ts";
import { sessionsMigrations } from "./migrations/index.ts";

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const migrations = sessionsMigrations.filter(({ id }) => id === "sessions-004");
const eva: Actor = { ...anonymous, kind: "person", userId: 7, name: "eva", via: "app-password", credentialId: "k1" };
const request = new Request("http://hearth/");

test("a frozen credential is refused, also after a restart, and goes on when it is thawed; a session is let in", async () => {
  const db = openDatabase({ path: ":memory:", migrations, clock: systemClock, log });
  const ask = (actor: Actor, freezes = createFreezes({ db, clock: systemClock })) => {
    try {
      return freezes.guard(() => actor)(request, { address: "::1" });
    } catch (thrown) {
      return thrown instanceof AppError ? `${thrown.code} ${thrown.detail}` : thrown;
    }
  };
  expect(ask(eva)).toBe(eva);
  const freezes = createFreezes({ db, clock: systemClock });
  freezes.freeze("app-password:k1", 7, "stopped");
  freezes.freeze("password:7", 7, "stopped too");
  freezes.freeze("session:k1", 7, "no");
  expect(ask(eva, freezes)).toBe("forbidden stopped");
  expect(ask(eva)).toBe("forbidden stopped");
  expect(ask({ ...eva, via: "password", credentialId: null })).toBe("forbidden stopped too");
  expect(ask({ ...eva, credentialId: "k2" })).toMatchObject({ credentialId: "k2" });
  const session: Actor = { ...eva, via: "session" };
  expect(ask(session)).toBe(session);
  const late = freezes.guard(() => Promise.resolve(eva))(request, { address: "::1" });
  expect(await Promise.resolve(late).catch((thrown: AppError) => thrown.code)).toBe("forbidden");
  freezes.thaw("app-password:k1");
  expect(ask(eva, freezes)).toBe(eva);
  expect(ask(eva)).toBe(eva);
  db.close();
});
