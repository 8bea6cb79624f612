import { runFilesSuite } from "./files.ts";
import { runMediaSuite } from "./media.ts";
import { runMediaScanSuite } from "./media-scan.ts";
import { runSearchSuite } from "./search.ts";
import { runSecuritySuite } from "./security.ts";
import { runSyncSuite } from "./sync.ts";
import { stopAllOwned } from "./kit/processes.ts";
import { readSettings, usage } from "./kit/settings.ts";
import type { Settings } from "./kit/types.ts";

const suites: Readonly<Record<string, (settings: Settings) => Promise<number>>> = {
  files: runFilesSuite,
  media: runMediaSuite,
  "media-scan": runMediaScanSuite,
  search: runSearchSuite,
  security: runSecuritySuite,
  sync: runSyncSuite,
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopAllOwned();
    process.exit(130);
  });
}

const [suiteName, ...rest] = process.argv.slice(2);
const suite = suites[suiteName ?? ""];
if (!suite) {
  console.error(`${usage}\n\nsuites: ${Object.keys(suites).join(", ")}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await suite(readSettings(rest));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
