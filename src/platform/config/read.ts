import { LineCounter, parseDocument } from "yaml";
import { type ConfigFinding, findingsOf } from "./findings.ts";
import { type Config, configJsonSchema, configSchema } from "./schema.ts";

export type ReadResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly findings: readonly ConfigFinding[] };

/** Aliases that one file may resolve to: more is an attack ("billion laughs"), not a household. */
const maxAliasCount = 100;

/** Checks the text of a `hearth.yaml`: its form first, then every key at once. Nothing is read or written. */
export function readConfig(text: string): ReadResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const findings = faults.map((fault) => {
      const { line, col } = lines.linePos(fault.pos[0]);
      return { path: "", line, column: col, message: fault.message };
    });
    return { ok: false, findings };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount }) ?? {};
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "cannot be read";
    return { ok: false, findings: [{ path: "", line: 1, column: 1, message }] };
  }
  const parsed = configSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, findings: findingsOf(parsed.error, { document, lines }, configJsonSchema()) };
}
