import { factors, type Factor } from "#wire";
import type { ChainEntry } from "./chain.ts";
import type { AuditEntry, AuditFilter } from "./contract.ts";
import type { AuditReader, Value } from "./repository.ts";

/** A filter that no index serves looks at so many entries at a time: some 10 ms, so that nobody else is held up. */
const maxScanned = 4000;
/** And at so many for one page. */
const maxParts = 25;

export interface Page {
  readonly entries: AuditEntry[];
  readonly nextBeforeSeq: number | null;
}

/** Newest first. */
export function searchEntries(
  reader: AuditReader,
  filter: AuditFilter,
  { beforeSeq, limit }: { readonly beforeSeq: number; readonly limit: number },
): Page {
  // Times never go backwards along the chain, so a window of time is one of numbers.
  const { fromMs, untilMs } = filter;
  const first = fromMs === undefined ? 1 : reader.lastSeqBefore(fromMs) + 1;
  const behind = Math.min(beforeSeq, (untilMs === undefined ? reader.lastSeq() : reader.lastSeqBefore(untilMs)) + 1);
  const floor = isIndexed(filter) ? first : Math.max(first, behind - maxScanned);
  const { where, values } = conditionsOf(filter);
  const rows = reader.find(["seq < ?", "seq >= ?", ...where].join(" AND "), [behind, floor, ...values], limit);
  const last = rows.at(-1);
  // A full page goes on behind its last entry; one that is not has looked at everything down to the floor.
  const next = rows.length === limit && last !== undefined ? last.seq : floor;
  return { entries: rows.map(present), nextBeforeSeq: next > first && reader.exists(next - 1) ? next : null };
}

function isIndexed({ text, operation, outcome, address, userId }: AuditFilter): boolean {
  if (text !== undefined || operation !== undefined || address !== undefined) return false;
  return outcome === undefined || userId !== undefined || outcome !== "allowed";
}

/** The same for one page, in parts between which others get their turn. */
export async function searchInParts(
  reader: AuditReader,
  filter: AuditFilter,
  { beforeSeq, limit }: { readonly beforeSeq: number; readonly limit: number },
): Promise<Page> {
  const entries: AuditEntry[] = [];
  let next: number | null = beforeSeq;
  for (let part = 0; part < maxParts && next !== null && entries.length < limit; part++) {
    if (part > 0) await new Promise((resolve) => setImmediate(resolve));
    const page: Page = searchEntries(reader, filter, { beforeSeq: next, limit: limit - entries.length });
    entries.push(...page.entries);
    next = page.nextBeforeSeq;
  }
  return { entries, nextBeforeSeq: next };
}

type Condition = readonly [sql: string, value: Value];

function conditionsOf(filter: AuditFilter): { where: string[]; values: Value[] } {
  const { text, userId, operation, outcome, address } = filter;
  const conditions: Condition[] = [];
  if (userId !== undefined) conditions.push(["user_id = ?", userId]);
  if (outcome !== undefined) conditions.push(["outcome = ?", outcome]);
  if (address !== undefined && address !== "") conditions.push([like("address"), `${escaped(address)}%`]);
  if (operation !== undefined && operation !== "") {
    conditions.push([`(operation || '.') LIKE ? ESCAPE '\\'`, `${escaped(operation.replace(/\.+$/, ""))}.%`]);
  }
  if (text !== undefined && text !== "") {
    const haystack =
      "name || ' ' || operation || ' ' || resources || ' ' || detail || ' ' || address || ' ' || user_agent";
    // Resources are JSON: what they escape has to be escaped in what is looked for.
    conditions.push([like(haystack), `%${escaped(JSON.stringify(text).slice(1, -1))}%`]);
  }
  return { where: conditions.map(([sql]) => sql), values: conditions.map(([, value]) => value) };
}

const like = (column: string) => `(${column}) LIKE ? ESCAPE '\\'`;
const escaped = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** As the contract shows it. */
function present(entry: ChainEntry): AuditEntry {
  const { seq, atMs, firstAtMs, count, userId, name, kind, via, credentialId, address, userAgent, hash } = entry;
  const { operation, outcome, detail, requestId } = entry;
  return {
    seq,
    atMs,
    firstAtMs,
    count,
    who: { userId, name, kind },
    via,
    factors: textsOf(entry.factors).filter((text): text is Factor => (factors as readonly string[]).includes(text)),
    credentialId,
    address,
    userAgent,
    operation,
    resources: textsOf(entry.resources),
    outcome,
    detail,
    requestId,
    hash,
  };
}

/** An entry that somebody has changed must still be shown. */
function textsOf(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}
