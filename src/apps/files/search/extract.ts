import process from "node:process";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { OpenedFile } from "#storage/primary";
import type { SkipReason } from "./contract.ts";
import { createTextSink, maxTextLength } from "./extract-limits.ts";
import type { ExtractCalls } from "./protocol.ts";
import { readerOf } from "./readable.ts";
import type { Thread } from "#platform/thread";

interface ExtractDeps {
  readonly exec: Exec;
  readonly thread: Pick<Thread<ExtractCalls>, "call">;
}

export type Extracted = { readonly text: string } | { readonly reason: SkipReason };

export const extractTimeoutMs = 60_000;
const niceness = 15;
/** UTF-8 takes up to three bytes for a letter of most scripts. */
const maxPdfTextBytes = maxTextLength * 3;
const maxPdfMemoryBytes = 2 ** 30;

/** The text of an opened document, or why there is none. Throws what says nothing about the document: the server is stopping. */
export async function extractText(
  { exec, thread }: ExtractDeps,
  file: OpenedFile,
  signal: AbortSignal,
): Promise<Extracted> {
  const reader = readerOf(file.node.name);
  if (reader === undefined) return { text: "" };
  if (reader === "pdf") return pdfText(exec, file, signal);
  const { fd, sizeBytes, node } = file;
  return thread.call("extract", { fd, sizeBytes, reader, name: node.name });
}

/** `pdftotext` of poppler: bounded in time, memory and output. */
async function pdfText(exec: Exec, file: OpenedFile, signal: AbortSignal): Promise<Extracted> {
  if (exec.which("pdftotext") === null) return { reason: "no-program" };
  const limit = exec.which("prlimit") === null ? [] : ["prlimit", `--as=${maxPdfMemoryBytes}`, "--"];
  const argv = [...limit, "pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", `/proc/${process.pid}/fd/${file.fd}`, "-"];
  const running = exec.stream(argv, { timeoutMs: extractTimeoutMs, niceness, signal });
  const sink = createTextSink();
  const decoder = new TextDecoder();
  let sizeBytes = 0;
  try {
    for await (const chunk of running.stdout) {
      sizeBytes += chunk.byteLength;
      sink.add(decoder.decode(chunk, { stream: true }));
      if (sizeBytes > maxPdfTextBytes || sink.isFull()) break;
    }
    return { text: sink.text() };
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable") throw error;
    const { stderr } = await running.finished;
    if (/incorrect password/i.test(stderr)) return { reason: "encrypted" };
    return sink.text() === "" ? { reason: "malformed" } : { text: sink.text() };
  } finally {
    running.kill();
  }
}
