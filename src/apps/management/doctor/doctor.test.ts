import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#platform/clock";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { createRunner, systemActor } from "#platform/usecase";
import { type DoctorFinding, doctorContract } from "./contract.ts";
import { createDoctor, renderReport, runDoctor } from "./service.ts";

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
let root = "";
let dataDir = "";
let procDir = "";
let volumes: Record<string, string> = {};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hearth-doctor-"));
  dataDir = join(root, "data");
  procDir = join(root, "proc");
  volumes = { main: join(dataDir, "volumes", "main") };
  limits(1_048_576, 65_536);
});
afterEach(() => rmSync(root, { recursive: true }));

function limits(watches: number, openFiles: number): void {
  mkdirSync(join(procDir, "sys/fs/inotify"), { recursive: true });
  mkdirSync(join(procDir, "self"), { recursive: true });
  writeFileSync(join(procDir, "sys/fs/inotify/max_user_watches"), `${watches}\n`);
  writeFileSync(
    join(procDir, "self/limits"),
    `Limit  Soft Limit\nMax open files            ${openFiles}   1048576   files\n`,
  );
}

const execWith = (path: string) => createExec({ log, clock: systemClock, env: { PATH: path } });
const run = (path = "") => runDoctor({ exec: execWith(path), dataDir, volumes, procDir });
const find = (findings: readonly DoctorFinding[], id: string) => findings.find((finding) => finding.id === id);

describe("runDoctor", () => {
  test("each missing program has the line that installs it and the feature that is off", () => {
    expect(find(run(root), "tool.pdftoppm")).toEqual({
      id: "tool.pdftoppm",
      state: "warning",
      message: "pdftoppm is not installed",
      remedy: "sudo apt-get install poppler-utils",
      feature: "previews of PDF documents",
    });
    writeFileSync(join(root, "pdftoppm"), "#!/bin/sh\n", { mode: 0o755 });
    expect(find(run(root), "tool.pdftoppm")?.state).toBe("ok");
  });

  test("before the first start nothing but programs can be missing, and nothing is made", () => {
    const findings = run();
    expect(findings.filter(({ id, state }) => state !== "ok" && !id.startsWith("tool."))).toEqual([]);
    expect(find(findings, "volume.main.mounted")?.message).toContain("will be made");
    expect(() => rmSync(dataDir, { recursive: true })).toThrow();
  });

  test("a volume that lost its mark is an error once there is a database", () => {
    mkdirSync(join(dataDir, "volumes/main"), { recursive: true });
    writeFileSync(join(dataDir, "hearth.db"), "");
    expect(run()[0]).toMatchObject({ id: "volume.main.mounted", state: "error" });
    mkdirSync(join(dataDir, "volumes/main/.hearth"));
    writeFileSync(join(dataDir, "volumes/main/.hearth/sentinel"), "x");
    expect(find(run(), "volume.main.mounted")?.state).toBe("ok");
  });

  test("a data folder that is a file is an error", () => {
    writeFileSync(dataDir, "");
    expect(run().find(({ state }) => state === "error")).toMatchObject({ id: "data.writable" });
    dataDir = join(dataDir, "below it's file");
    expect(find(run(), "data.writable")?.remedy).toBe(
      `sudo install -d -o "$(id -un)" '${dataDir.replace("'", "'\\''")}'`,
    );
  });

  test("low limits of the kernel are warnings with their remedy; an unknown kernel is silence", () => {
    limits(8192, 1024);
    const findings = run();
    expect(find(findings, "limit.watches")).toMatchObject({ state: "warning" });
    expect(find(findings, "limit.watches")?.remedy).toContain("fs.inotify.max_user_watches=");
    expect(find(findings, "limit.open-files")?.remedy).toBe("ulimit -n 65536");
    rmSync(procDir, { recursive: true });
    expect(run().filter(({ id }) => id.startsWith("limit."))).toEqual([]);
  });

  test("the report reads worst first, each with its remedy below", () => {
    limits(8192, 65_536);
    const text = renderReport(run(root));
    expect(text.indexOf("warning")).toBeLessThan(text.indexOf("ok     "));
    expect(text).toContain("           mend it: sudo apt-get install ffmpeg\n");
  });
});

test("doctor.report adds the integrity of the database and needs server.read", async () => {
  mkdirSync(join(dataDir, "volumes/main/.hearth"), { recursive: true });
  const sqlite = new Database(join(dataDir, "hearth.db"), { create: true });
  sqlite.run("CREATE TABLE t (a INTEGER)");
  sqlite.close();
  const { implementations } = createDoctor({ exec: execWith(""), dataDir, volumes, procDir });
  const runner = createRunner({ implementations, log, clock: { now: () => 0 }, audit: () => undefined });
  const caller = { requestId: "1", address: "", userAgent: "", secure: false, replyHeaders: new Headers() };
  const output = await runner.run("doctor.report", {}, { ...caller, actor: systemActor });
  const { findings } = doctorContract["doctor.report"].output.parse(output);
  expect(find(findings, "database.integrity")?.state).toBe("ok");
  const member = { ...systemActor, kind: "person" as const, capabilities: new Set(["files.use"] as const) };
  expect(runner.run("doctor.report", {}, { ...caller, actor: member })).rejects.toThrow("forbidden");
});
