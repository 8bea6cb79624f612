import { AppError } from "#platform/errors";
import type { Route } from "#platform/http";
import { z } from "zod";
import { type AuditEntry, AuditFilter } from "./contract.ts";
import type { AuditEvent } from "./event.ts";
import type { AuditReader } from "./repository.ts";
import { type Page, searchEntries } from "./search.ts";

interface ExportDeps {
  readonly repository: AuditReader;
  readonly settle: () => Promise<void>;
  readonly record: (event: AuditEvent) => Promise<void> | undefined;
}

const pageSize = 500;
const number = z.coerce.number().int();
const Query = AuditFilter.extend({
  userId: number.min(0).optional(),
  fromMs: number.optional(),
  untilMs: number.optional(),
  format: z.enum(["ndjson", "csv"]).default("ndjson"),
}).strict();

/** `GET /api/audit/export?format=ndjson|csv&…` with the filters of `audit.search`: everything that fits, newest first. */
export function exportRoute({ repository, settle, record }: ExportDeps): Route {
  return {
    prefix: "/api/audit/export",
    handle: async (request, context) => {
      if (request.method !== "GET") throw new AppError("method-not-allowed");
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      if (!actor.capabilities.has("security.read"))
        throw new AppError("forbidden", "This needs the right security.read.");
      const parsed = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
      if (!parsed.success) throw new AppError("bad-request", z.prettifyError(parsed.error));
      const { format, ...filter } = parsed.data;
      const { address, requestId } = context;
      const userAgent = request.headers.get("user-agent") ?? "";
      await record({
        operation: "audit.export",
        outcome: "allowed",
        actor,
        address,
        requestId,
        userAgent,
        detail: format,
      });
      await settle();
      const render = format === "csv" ? renderCsv : renderNdjson;
      const pages = pagesOf((beforeSeq) => searchEntries(repository, filter, { beforeSeq, limit: pageSize }));
      return new Response(streamOf(format === "csv" ? `${csvHead}\r\n` : "", pages, render), {
        headers: {
          "content-type": format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
          "content-disposition": `attachment; filename="hearth-audit.${format}"`,
          "cache-control": "no-store",
        },
      });
    },
  };
}

function* pagesOf(find: (beforeSeq: number) => Page): Generator<AuditEntry[], void> {
  let next: number | null = Number.MAX_SAFE_INTEGER;
  while (next !== null) {
    const page: Page = find(next);
    yield page.entries;
    next = page.nextBeforeSeq;
  }
}

/** A page at a time, as fast as it is read. */
function streamOf(head: string, pages: Iterator<AuditEntry[], void>, render: (entry: AuditEntry) => string) {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (head !== "") controller.enqueue(encoder.encode(head));
    },
    pull: async (controller) => {
      for (;;) {
        const { done, value } = pages.next();
        if (done === true) return controller.close();
        if (value.length > 0) return controller.enqueue(encoder.encode(value.map(render).join("")));
        // A long part without anything that fits: others get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
}

function renderNdjson(entry: AuditEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

const csvHead =
  "seq,time,first_time,count,user_id,name,kind,via,factors,credential,address,user_agent,operation,resources,outcome,detail,request_id,hash";

function renderCsv(entry: AuditEntry): string {
  const { who } = entry;
  const cells = [
    entry.seq,
    new Date(entry.atMs).toISOString(),
    new Date(entry.firstAtMs).toISOString(),
    entry.count,
    who.userId,
    who.name,
    who.kind,
    entry.via,
    entry.factors.join(" "),
    entry.credentialId ?? "",
    entry.address,
    entry.userAgent,
    entry.operation,
    entry.resources.join(" "),
    entry.outcome,
    entry.detail,
    entry.requestId,
    entry.hash,
  ];
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** RFC 4180; what a spreadsheet would take for a formula is made text. */
function cellOf(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
