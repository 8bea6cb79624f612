import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareRuntime, root } from "./setup/install.mjs";
import { mayRunBeside, unmetNeeds } from "./setup/needs.mjs";
import { providePackages, testTools } from "./setup/packages.mjs";
import { preparePage } from "./setup/page.mjs";
import { plus, runEach, runTests } from "./setup/test-run.mjs";

const unitLimits = { testTimeoutMs: 20_000, runTimeoutMs: 30 * 60_000 };
const systemLimits = { testTimeoutMs: 180_000, runTimeoutMs: 20 * 60_000 };

/** @param {readonly string[]} filters */
function testFiles(filters) {
  return ["src", "test", "bench"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
    )
    .filter((path) => /\.test\.tsx?$/.test(path))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

/**
 * Names the files whose tools are missing, and counts those that fail by it (a program, in CI).
 *
 * @param {readonly { file: string, unmet: import("./setup/needs.mjs").UnmetNeed[] }[]} blocked
 */
function reportNotRun(blocked) {
  for (const { file, unmet } of blocked) {
    for (const { need, remedy } of unmet) {
      console.log(`not run: ${file} needs ${need}${remedy === "" ? "" : ` (${remedy})`}`);
    }
  }
  const withoutProgram = blocked.filter(({ unmet }) => unmet.some(({ isDevice }) => !isDevice));
  return process.env.CI === "true" ? withoutProgram.length : 0;
}

const bun = prepareRuntime({ withTools: true });
providePackages(testTools, "the tests");
const pageFailures = preparePage(bun) ? 0 : 1;

const files = testFiles(process.argv.slice(2)).map((file) => ({ file, unmet: unmetNeeds(join(root, file)) }));
const ready = files.filter(({ unmet }) => unmet.length === 0).map(({ file }) => file);
const isSystem = (/** @type {string} */ file) => file.startsWith("test/system/");
const isBeside = (/** @type {string} */ file) => mayRunBeside(readFileSync(join(root, file), "utf8"));
const beside = ready.filter(isBeside);
const rest = ready.filter((file) => !beside.includes(file));
const unit = rest.filter((file) => !isSystem(file));

/** @type {import("./setup/test-run.mjs").Counts} */
let sum = { passed: 0, failed: pageFailures, failures: [] };
if (unit.length > 0) sum = plus(sum, await runTests(bun, unit, unitLimits));
sum = plus(sum, await runEach(bun, rest.filter(isSystem), { lanes: 1, ...systemLimits }));
sum = plus(sum, await runEach(bun, beside, { lanes: 2, ...systemLimits }));

if (pageFailures > 0) console.log("the page could not be built, see above: one failure");
sum = plus(sum, { passed: 0, failed: reportNotRun(files.filter(({ unmet }) => unmet.length > 0)), failures: [] });
for (const failure of sum.failures) console.log(`\nfailed: ${failure}`);
if (sum.passed + sum.failed === 0) console.log("no test ran");
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
