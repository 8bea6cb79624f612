import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { withData } from "../../scripts/setup/data.mjs";
import { holds } from "../../scripts/setup/install.mjs";
import { mayRunBeside, needsOf, unmetNeeds } from "../../scripts/setup/needs.mjs";
import { missingPackages } from "../../scripts/setup/packages.mjs";
import { isPageInput } from "../../scripts/setup/page.mjs";
import { countsOf, runEach, runTests } from "../../scripts/setup/test-run.mjs";

const root = join(import.meta.dir, "../..");

test("the data folder has a default that the environment overrides", () => {
  const before = process.env.HEARTH_DATA;
  try {
    delete process.env.HEARTH_DATA;
    expect(withData("/d").HEARTH_DATA).toBe("/d");
    process.env.HEARTH_DATA = "/y";
    expect(withData("/d").HEARTH_DATA).toBe("/y");
  } finally {
    if (before === undefined) delete process.env.HEARTH_DATA;
    else process.env.HEARTH_DATA = before;
  }
});

test("packages are installed again when one is missing or of another version, tools only when asked for", () => {
  const wanted = {
    "": {},
    a: { version: "1" },
    tool: { version: "1", dev: true },
    build: { version: "1", optional: true },
  };
  const run = { withTools: false };
  const all = { withTools: true };
  expect(holds({ a: { version: "1" } }, wanted, run)).toBe(true);
  expect(holds({ a: { version: "1" } }, wanted, all)).toBe(false);
  expect(holds({ a: { version: "1" }, tool: { version: "1" } }, wanted, all)).toBe(true);
  expect(holds({ a: { version: "2" } }, wanted, run)).toBe(false);
  expect(holds({}, wanted, run)).toBe(false);
});

test("a test file says what it needs in its head", () => {
  expect(needsOf("// needs: litmus, /dev/fuse\nimport x;\n")).toEqual(["litmus", "/dev/fuse"]);
  expect(needsOf(`${"\n".repeat(20)}// needs: litmus\n`)).toEqual([]);
  expect(() => needsOf("// needs: litmus curl\n")).toThrow("separated by commas");
});

test("a test file says in its head that another may run at the same time", () => {
  expect(mayRunBeside("// needs: chromium\n// beside: another\nimport x;\n")).toBe(true);
  expect(mayRunBeside("// needs: chromium\nimport x;\n")).toBe(false);
});

test("an unmet need is named with what brings it; a device has no package", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-needs-"));
  try {
    const file = join(folder, "x.test.ts");
    writeFileSync(file, "// needs: sh, no-such-program, /no/such/device\n");
    expect(unmetNeeds(file)).toEqual([
      { need: "no-such-program", isDevice: false, remedy: "" },
      { need: "/no/such/device", isDevice: true, remedy: "" },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a package is named once, and only when its program is missing", () => {
  const path = process.env.PATH;
  process.env.PATH = "/nowhere";
  try {
    expect(missingPackages(["ffmpeg", "ffprobe"])).toEqual(["ffmpeg"]);
  } finally {
    process.env.PATH = path;
  }
  expect(missingPackages(["sh"])).toEqual([]);
});

test("a test that was left out counts as failed", () => {
  const report = `<testsuites name="bun test" tests="5" assertions="1" failures="1" skipped="1" time="0.03">`;
  expect(countsOf(report)).toMatchObject({ passed: 3, failed: 2 });
});

const endings: readonly [string, string, { passed: number; failed: number }, RegExp | null][] = [
  ["passes", `test("a", () => {});`, { passed: 1, failed: 0 }, null],
  [
    "fails one of two",
    `test("a", () => {}); test("b", () => { throw new Error("broke"); });`,
    { passed: 1, failed: 1 },
    /x\.test\.ts: \(fail\) b [^]*error: broke/,
  ],
  ["does not load", `import "./no-such-file.ts";`, { passed: 0, failed: 1 }, /x\.test\.ts: the run ended badly/],
  ["leaves early with success", `test("a", () => process.exit(0));`, { passed: 0, failed: 1 }, /ended badly/],
  ["hangs", `test("a", () => { for (;;); });`, { passed: 0, failed: 1 }, /ended badly/],
];

for (const [name, source, counts, told] of endings) {
  test(`a run that ${name} is counted so`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hearth-run-"));
    try {
      writeFileSync(join(folder, "x.test.ts"), `import { test } from "bun:test";\n${source}\n`);
      const limits = { testTimeoutMs: 1000, runTimeoutMs: 3000, output: "ignore" as const };
      const { failures, ...ending } = await runTests(process.execPath, [`${relative(root, folder)}/x.test.ts`], limits);
      expect(ending).toEqual(counts);
      expect(failures).toHaveLength(counts.failed);
      if (told !== null) expect(failures[0]).toMatch(told);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Passes when `other` comes while it runs. */
const meets = (own: string, other: string): string => `import { test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
test("meets", async () => {
  writeFileSync(import.meta.dir + "/${own}", "");
  while (!existsSync(import.meta.dir + "/${other}")) await Bun.sleep(10);
});
`;

test("two lanes run two files at a time and count all; what fails in one is no matter of the other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-lanes-"));
  try {
    writeFileSync(join(folder, "a.test.ts"), meets("a", "b"));
    writeFileSync(join(folder, "b.test.ts"), meets("b", "a"));
    writeFileSync(join(folder, "c.test.ts"), `import "./no-such-file.ts";`);
    const files = ["a", "b", "c"].map((name) => `${relative(root, folder)}/${name}.test.ts`);
    const limits = { lanes: 2, testTimeoutMs: 15_000, runTimeoutMs: 18_000, output: "ignore" as const };
    expect(await runEach(process.execPath, files, limits)).toMatchObject({ passed: 2, failed: 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 40_000);

test("the page is made of its own files, the wire and the contracts", () => {
  expect(
    ["web/main.tsx", "wire/errors.ts", "apps/files/browse/contract.ts", "security/guard/rule-contract.ts"].every(
      isPageInput,
    ),
  ).toBe(true);
  expect(["main.ts", "apps/files/browse/service.ts"].some(isPageInput)).toBe(false);
});

/** Runs `source` as the child of a process that hands its signals on, like `npm start` does. */
function startOwner(source: string): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const owner = `
    import { runOwned } from ${JSON.stringify(join(root, "scripts/setup/child.mjs"))};
    process.exitCode = await runOwned("sh", ["-c", ${JSON.stringify(source)}], {});`;
  return Bun.spawn(["node", "--input-type=module", "-e", owner], {
    stdin: "ignore",
    stdout: "pipe",
    timeout: 10_000,
  });
}

test("the exit code of what was started is kept", async () => {
  expect(await startOwner("exit 7").exited).toBe(7);
});

test("a signal reaches what was started, and its answer is kept", async () => {
  const owner = startOwner(`trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done`);
  const reader = owner.stdout.getReader();
  await reader.read();
  owner.kill("SIGTERM");
  expect(await owner.exited).toBe(9);
});

test("a child that dies of a signal counts as 128 and its number", async () => {
  expect(await startOwner("kill -KILL $$").exited).toBe(137);
});
