// needs: litmus
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

const suites = ["basic", "copymove", "props", "locks", "http"];

let hearth: RunningHearth;
let folder: string;

beforeAll(async () => {
  hearth = await startHearth();
  // litmus writes its debug log into the working folder.
  folder = mkdtempSync(join(tmpdir(), "hearth-litmus-"));
});

afterAll(async () => {
  await hearth.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const suite of suites) {
  test(`litmus ${suite}: every test passes, without a warning`, async () => {
    const child = Bun.spawn(["litmus", "-k", hearth.davUrl, hearth.user, hearth.appPassword], {
      cwd: folder,
      env: { ...process.env, TESTS: suite },
      stdout: "pipe",
      stderr: "pipe",
      timeout: 60_000,
    });
    const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
    const summary = /summary for `\w+': of (\d+) tests run: (\d+) passed, (\d+) failed/.exec(output);
    expect(summary, output).not.toBeNull();
    const [, run, passed, failed] = summary ?? [];
    expect({ passed, failed }, output).toEqual({ passed: run, failed: "0" });
    expect(Number(run)).toBeGreaterThan(0);
    expect(output).not.toContain("WARNING");
    expect(output).not.toContain("FAIL");
    expect(output).not.toContain("SKIPPED");
  }, 90_000);
}
