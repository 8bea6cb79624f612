import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const partTimeoutMs = 300_000;

interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  /** What to do about a failure, when a command does it. */
  readonly remedy?: string;
}

const bun = process.execPath;
const tool = (name: string): string => join(root, "node_modules/.bin", name);

/** What the last run found out; wiped by a new installation. */
const typesCache = join(root, "node_modules/.cache/check.tsbuildinfo");

/**
 * For what is compiled from Go: one core, and memory rather than time. Each checker works out the types it meets for
 * itself; four on two cores took four times the work of one.
 */
const oneCore: Readonly<Record<string, string>> = { GOMAXPROCS: "1", GOGC: "800", GOMEMLIMIT: "4GiB" };

/** Longest first: the parts share two cores. */
const parts: readonly Part[] = [
  {
    name: "types",
    argv: [
      bun,
      "--bun",
      tool("tsc"),
      ..."-p tsconfig.json --checkers 1 --incremental".split(" "),
      "--tsBuildInfoFile",
      typesCache,
    ],
  },
  { name: "lint", argv: [bun, "--bun", tool("oxlint"), "-c", "oxlint.config.ts", "-f", "unix"] },
  { name: "dead code", argv: [bun, "--bun", tool("knip"), "--no-progress", "--no-config-hints"] },
  { name: "format", argv: [bun, "--bun", tool("oxfmt"), "--list-different", "."], remedy: "npm run format" },
  { name: "modules", argv: [bun, "scripts/module-check.ts"] },
  { name: "docs", argv: [bun, "scripts/render-docs.ts", "--check"], remedy: "npm run docs" },
];

interface Outcome {
  readonly part: Part;
  readonly passed: boolean;
  readonly tookMs: number;
  readonly output: string;
}

async function run(part: Part): Promise<Outcome> {
  const startedMs = performance.now();
  const child = Bun.spawn([...part.argv], {
    cwd: root,
    env: { ...process.env, ...oneCore },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: partTimeoutMs,
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const passed = (await child.exited) === 0;
  return { part, passed, tookMs: performance.now() - startedMs, output: `${out}${err}`.trim() };
}

function report({ part, passed, tookMs, output }: Outcome): void {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(7);
  console.log(`${passed ? "ok    " : "FAILED"} ${part.name.padEnd(10)}${seconds}`);
  if (passed) return;
  console.log(output.replaceAll(/^/gm, "       "));
  if (part.remedy !== undefined) console.log(`       mended by: ${part.remedy}`);
}

const outcomes = await Promise.all(
  parts.map(async (part) => {
    const outcome = await run(part);
    report(outcome);
    return outcome;
  }),
);
process.exitCode = outcomes.every((outcome) => outcome.passed) ? 0 : 1;
