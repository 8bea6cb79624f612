import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { childrenOf } from "#kit";
import { systemClock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { createExec, type Exec } from "./exec.ts";
import { installLine } from "./tools.ts";

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const usual = { timeoutMs: 10_000, maxOutputBytes: 1024 * 1024 };
let exec: Exec;
let folder = "";

beforeEach(() => {
  exec = createExec({ log, clock: systemClock });
  folder = mkdtempSync(join(tmpdir(), "hearth-exec-"));
});
afterEach(async () => {
  await exec.stopAll();
  expect(exec.running()).toBe(0);
  rmSync(folder, { recursive: true });
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

/** A killed orphan counts as alive until init has reaped it, which takes a moment on a busy machine. */
async function survivors(pids: readonly number[]): Promise<number[]> {
  const until = performance.now() + 3_000;
  while (pids.some(alive) && performance.now() < until) await Bun.sleep(10);
  return pids.filter(alive);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("run", () => {
  test("holds a program within its limits, with no core dump; one without prlimit does not start", async () => {
    const limits = { memoryBytes: 64 * 2 ** 20, cpuSeconds: 7.5, fileBytes: 2048, openFiles: 32 };
    const asked = await exec.run(["sh", "-c", "ulimit -d; ulimit -t; ulimit -f; ulimit -n; ulimit -c"], {
      ...usual,
      limits,
    });
    // In units of 1024 bytes, and of 512.
    expect(text(asked.stdout).split("\n")).toEqual(["65536", "8", "4", "32", "0", ""]);
    const filled = await exec.run(["sh", "-c", `head -c 9000 /dev/zero >'${folder}/out'`], { ...usual, limits });
    expect(filled.exitCode).not.toBe(0);
    expect(statSync(join(folder, "out")).size).toBe(2048);
    const bare = createExec({ log, clock: systemClock, env: { PATH: folder } });
    symlinkSync("/bin/sh", join(folder, "sh"));
    const start = async () => bare.run(["sh", "-c", "exit 0"], { ...usual, limits });
    expect((await failure(start())).detail).toContain("prlimit");
  });

  test("gives output, errors and exit code, and no shell looks at the arguments", async () => {
    const echoed = await exec.run(["echo", "$HOME; *"], usual);
    expect(text(echoed.stdout)).toBe("$HOME; *\n");
    const failed = await exec.run(["sh", "-c", "echo out; echo err >&2; exit 3"], usual);
    expect(failed).toMatchObject({ exitCode: 3, stderr: "err\n" });
    expect((await exec.run(["sh", "-c", "kill -9 $$"], usual)).exitCode).toBe(137);
  });

  test("stdin is handed over, also to a program that does not read it", async () => {
    const stdin = new TextEncoder().encode("x".repeat(300_000));
    expect((await exec.run(["wc", "-c"], { ...usual, stdin })).stdout).toEqual(new TextEncoder().encode("300000\n"));
    expect((await exec.run(["true"], { ...usual, stdin })).exitCode).toBe(0);
  });

  test("folder, variables and priority are set, and our own variables are not inherited", async () => {
    const lean = createExec({ log, clock: systemClock, env: { PATH: process.env["PATH"] ?? "" } });
    const options = { ...usual, cwd: folder, env: { ADDED: "1" }, niceness: 7 };
    const { stdout } = await lean.run(
      ["sh", "-c", "sleep 0.1; pwd; env | grep -c HEARTH_; echo $ADDED; nice"],
      options,
    );
    expect(text(stdout)).toBe(`${folder}\n0\n1\n7\n`);
  });

  test("a missing program names the package that has it", async () => {
    const bare = createExec({ log, clock: systemClock, env: { PATH: folder } });
    const error = await failure((async () => bare.run(["ffprobe"], usual))());
    expect(error.code).toBe("unavailable");
    expect(error.detail).toContain("sudo apt-get install ffmpeg");
    expect(bare.which("ffprobe")).toBeNull();
    expect(installLine("constructor")).toBeUndefined();
    expect(exec.which("sh")).toEndWith("/sh");
  });

  test("after the time-out the program and its children are gone, also when they ignore being asked", async () => {
    const script = "trap '' TERM; sleep 60 & echo $! > pids; echo $$ >> pids; wait; wait; sleep 60";
    const error = await failure(exec.run(["sh", "-c", script], { ...usual, timeoutMs: 200, cwd: folder }));
    expect(error).toMatchObject({ code: "unavailable", detail: "sh did not end within 0.2 s." });
    const pids = readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number);
    expect(pids).toHaveLength(2);
    expect(await survivors(pids)).toEqual([]);
  });

  test("more output than allowed ends it", async () => {
    const error = await failure(exec.run(["yes"], { timeoutMs: 10_000, maxOutputBytes: 100_000 }));
    expect(error.code).toBe("too-large");
  });

  test("endless stderr keeps its end and no more", async () => {
    const { stderr } = await exec.run(["sh", "-c", "seq 1 200000 >&2"], usual);
    expect(stderr.length).toBeLessThanOrEqual(16 * 1024);
    expect(stderr).toEndWith("200000\n");
  });

  test("an abort ends it, before and while it runs", async () => {
    const controller = new AbortController();
    const run = exec.run(["sleep", "60"], { ...usual, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect((await failure(run)).detail).toBe("sleep was cancelled.");
    expect(
      (await failure((async () => exec.run(["sleep", "60"], { ...usual, signal: controller.signal }))())).code,
    ).toBe("unavailable");
  });

  test("what it leaves running is ended with it", async () => {
    const { stdout } = await exec.run(["sh", "-c", "sleep 60 & echo $!"], usual);
    const pid = Number(text(stdout));
    expect(pid).toBeGreaterThan(1);
    expect(await survivors([pid])).toEqual([]);
  });

  test("one that escaped its group and keeps the pipe open is an error soon, not a wait for ever", async () => {
    const startedMs = performance.now();
    const error = await failure(exec.run(["sh", "-c", "setsid --fork sleep 5; sleep 0.2"], usual));
    expect(error.detail).toBe("sh left its output open.");
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });
});

describe("stream", () => {
  test("gives the whole output of a program that ends well", async () => {
    const { stdout, finished } = exec.stream(["seq", "1", "100000"], { timeoutMs: 10_000 });
    const lines = (await new Response(stdout).text()).trim().split("\n");
    expect(lines).toHaveLength(100_000);
    expect(await finished).toEqual({ exitCode: 0, stderr: "" });
  });

  test("errors at the end when the program failed", async () => {
    const { stdout } = exec.stream(["sh", "-c", "echo half; exit 1"], { timeoutMs: 10_000 });
    expect((await failure(new Response(stdout).text())).code).toBe("internal");
  });

  test("cancelling ends the program", async () => {
    const { stdout, finished } = exec.stream(["yes"], { timeoutMs: 10_000 });
    const reader = stdout.getReader();
    expect((await reader.read()).value?.byteLength).toBeGreaterThan(0);
    await reader.cancel();
    await failure(finished);
    expect(exec.running()).toBe(0);
  });

  test("not reading holds the program back", async () => {
    const { stdout, finished } = exec.stream(["sh", "-c", "yes | head -c 50000000; echo done >&2"], {
      timeoutMs: 10_000,
    });
    const reader = stdout.getReader();
    await reader.read();
    const settled = await Promise.race([finished.then(() => "ended"), Bun.sleep(300).then(() => "waits")]);
    expect(settled).toBe("waits");
    await reader.cancel();
  });

  test("the time-out and the output bound reach the reader", async () => {
    const late = exec.stream(["sleep", "60"], { timeoutMs: 100 });
    expect((await failure(new Response(late.stdout).text())).code).toBe("unavailable");
    const large = exec.stream(["yes"], { timeoutMs: 10_000, maxOutputBytes: 1000 });
    expect((await failure(new Response(large.stdout).text())).code).toBe("too-large");
  });
});

test("stopAll ends everything and nothing starts afterwards", async () => {
  const runs = [1, 2, 3].map(() => failure(exec.run(["sleep", "60"], usual)));
  expect(exec.running()).toBe(3);
  await exec.stopAll();
  expect((await Promise.all(runs)).map((error) => error.code)).toEqual(["unavailable", "unavailable", "unavailable"]);
  expect((await failure((async () => exec.run(["true"], usual))())).detail).toBe("The server is stopping.");
});

test("who is killed takes its programs with it, also one that is held still", async () => {
  const script = `
    import { systemClock } from "#platform/clock";
    import { createExec } from "#platform/exec";
    import { createLogger } from "#platform/log";
    const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
    const exec = createExec({ log, clock: systemClock });
    exec.stream(["sleep", "600"], { timeoutMs: 600_000 });
    const held = exec.stream(["yes"], { timeoutMs: 600_000 });
    await held.stdout.getReader().read();
    held.pause(true);`;
  const parent = Bun.spawn([process.execPath, "-e", script], { cwd: join(import.meta.dir, "../../..") });
  const until = performance.now() + 20_000;
  let pids: number[] = [];
  while (pids.length < 2 && performance.now() < until) {
    await Bun.sleep(20);
    pids = ["sleep", "yes"].flatMap((name) => childrenOf(parent.pid, name));
  }
  parent.kill("SIGKILL");
  await parent.exited;
  expect([pids.length, await survivors(pids)]).toEqual([2, []]);
}, 30_000);

test("a program is held still and goes on; one that is held still can be ended", async () => {
  const child = exec.stream(["sh", "-c", "echo $$; exec sleep 60"], usual);
  const pid = Number(text((await child.stdout.getReader().read()).value ?? new Uint8Array()));
  const stateIs = async (state: string) => {
    const until = performance.now() + 5_000;
    const now = () => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    while (now() !== state && performance.now() < until) await Bun.sleep(5);
    expect(now()).toBe(state);
  };
  child.pause(true);
  await stateIs("T");
  child.pause(false);
  await stateIs("S");
  child.pause(true);
  child.kill();
  expect((await failure(child.finished)).code).toBe("unavailable");
  expect(await survivors([pid])).toEqual([]);
});
