import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { Settings } from "./types.ts";

export const usage = `npm run bench -- files|media|media-scan|search|security|sync [part …] [--quick] [--rounds N] [--dir FOLDER] [--json FILE] [--write-docs]

  --quick       short rounds and small trees, for trying the harness; its figures say little
  --rounds N    measured rounds of each part (default 7, quick 3)
  --dir FOLDER  where the temporary data goes (default: the system's temporary folder)
  --peers-only  measure the peers without Hearth
  --json FILE   write every sample
  --write-docs  write docs/benchmarks.md (files, sync)`;

/** Reads the command line; throws a readable error for what it does not know. */
export function readSettings(argv: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      dir: { type: "string" },
      json: { type: "string" },
      "peers-only": { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000)
    throw new Error("--rounds wants a number from 1 to 1000");
  return {
    parts: positionals,
    quick: values.quick,
    rounds,
    tempRoot: values.dir ?? tmpdir(),
    jsonFile: values.json,
    peersOnly: values["peers-only"],
    writeDocs: values["write-docs"],
  };
}
