import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Database } from "bun:sqlite";
import { errorTable } from "#wire";
import { AppError, errnoOf, problemOf, problemResponse, toAppError } from "./index.ts";

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("it did not fail");
};

describe("toAppError", () => {
  test("what the kernel really throws becomes what it means to a person", () => {
    expect(toAppError(thrownBy(() => readFileSync("/no/such/file"))).code).toBe("not-found");
    expect(toAppError(thrownBy(() => readFileSync("/etc/passwd/x"))).code).toBe("not-found");
    expect(toAppError(thrownBy(() => readFileSync(tmpdir()))).code).toBe("conflict");
    expect(toAppError(thrownBy(() => writeFileSync(`/tmp/${"x".repeat(300)}`, ""))).code).toBe("invalid-name");
    expect(toAppError(thrownBy(() => writeFileSync("/dev/full", "x"))).code).toBe("disk-full");
  });

  test("what SQLite really throws on a full disk is a full disk; its other refusals are our defects", () => {
    const db = new Database(":memory:");
    db.run("PRAGMA page_size = 512");
    db.run("CREATE TABLE t (a TEXT UNIQUE)");
    db.run("PRAGMA max_page_count = 3");
    const fill = () => {
      for (let n = 0; n < 1000; n += 1) db.run("INSERT INTO t VALUES (?)", [`${n}${"x".repeat(100)}`]);
    };
    expect(toAppError(thrownBy(fill)).code).toBe("disk-full");
    expect(toAppError(thrownBy(() => db.run("NONSENSE"))).code).toBe("internal");
    expect(toAppError({ code: "SQLITE_IOERR_WRITE" }).code).toBe("storage-offline");
    expect(toAppError({ code: "SQLITE_BUSY" }).retryable).toBe(true);
    db.close();
  });

  test("an AppError stays itself; anything else is internal and keeps its words to itself", () => {
    const known = new AppError("locked");
    expect(toAppError(known)).toBe(known);
    for (const thrown of [
      new Error("password=hunter2"),
      "text",
      undefined,
      null,
      7,
      { code: 7 },
      { code: "constructor" },
    ]) {
      const error = toAppError(thrown);
      expect(error.code).toBe("internal");
      expect(JSON.stringify(problemOf(error))).not.toContain("hunter2");
    }
    expect(errnoOf(null)).toBeUndefined();
  });
});

test("a problem has the form of RFC 9457 with the code and the id that the log has", async () => {
  const error = new AppError("quota-exceeded", "The home of Eva is full.", { cause: new Error("secret") });
  const response = problemResponse(error, { "retry-after": "5" });
  expect(response.status).toBe(507);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toEqual({
    type: "urn:hearth:error:quota-exceeded",
    title: errorTable["quota-exceeded"].title,
    status: 507,
    code: "quota-exceeded",
    detail: "The home of Eva is full.",
    id: error.id,
    retryable: false,
  });
});

test("only what may pass is worth another try, unless said otherwise", () => {
  expect(new AppError("unavailable").retryable).toBe(true);
  expect(new AppError("too-many-requests").retryable).toBe(true);
  expect(new AppError("not-found").retryable).toBe(false);
  expect(new AppError("unavailable", "Not installed.", { retryable: false }).retryable).toBe(false);
});

test("every code has a status of its class and a log level that fits it", () => {
  for (const [code, { status, logLevel, exitCode }] of Object.entries(errorTable)) {
    expect(status, code).toBeWithin(400, 600);
    expect(exitCode, code).toBeWithin(1, 128);
    // Only what the people of the house cannot mend alone may fill the log with errors.
    if (status < 500) expect(logLevel, code).not.toBe("error");
  }
});
