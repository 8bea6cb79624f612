import { readSync } from "node:fs";
import { setPriority } from "node:os";
import type { SkipReason } from "./contract.ts";
import { htmlText } from "./extract-html.ts";
import { createTextSink, maxTextLength, Unreadable } from "./extract-limits.ts";
import { decodePlain } from "./extract-plain.ts";
import { rtfText } from "./extract-rtf.ts";
import type { ExtractCalls } from "./protocol.ts";
import { serve } from "#platform/thread";

/** Reads documents that somebody made, maybe to do harm: on a thread that is ended when it takes too long. */
const maxReadBytes = 16 * 2 ** 20;
/** What office programs write before 2007, and since then for a document with a password. */
const compoundFile = [0xd0, 0xcf, 0x11, 0xe0];
const niceness = 15;
// On Linux this is the thread alone.
setPriority(niceness);

serve<ExtractCalls>({
  extract: async (file) => {
    try {
      return { text: await textOf(file) };
    } catch (error) {
      return { reason: error instanceof Unreadable ? error.reason : ("malformed" satisfies SkipReason) };
    }
  },
});

async function textOf({ fd, sizeBytes, reader }: Parameters<ExtractCalls["extract"]>[0]): Promise<string> {
  if (reader === "zip") {
    const start = read(fd, 4);
    if (compoundFile.every((byte, at) => start[at] === byte)) throw new Unreadable("encrypted");
    const { zipText } = await import("./extract-zip.ts");
    return zipText(fd);
  }
  const bytes = read(fd, Math.min(sizeBytes, maxReadBytes));
  if (reader === "mail") return mailText(bytes);
  const text = decodePlain(bytes);
  if (reader === "html") return htmlText(text);
  return reader === "rtf" ? rtfText(text) : bounded(text);
}

function read(fd: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let count = 1; at < length && count > 0; at += count) count = readSync(fd, bytes, at, length - at, at);
  return bytes.subarray(0, at);
}

function bounded(text: string): string {
  const sink = createTextSink();
  sink.add(text.slice(0, maxTextLength));
  return sink.text();
}

/** Subject, people and words of a mail; not what is attached. */
async function mailText(bytes: Uint8Array): Promise<string> {
  const { default: PostalMime } = await import("postal-mime");
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 50 });
  const people = [mail.from, ...(mail.to ?? []), ...(mail.cc ?? [])].flatMap((one) =>
    one ? [one.name, one.address] : [],
  );
  const body = mail.text ?? (mail.html === undefined ? "" : htmlText(mail.html));
  return bounded([mail.subject, people.filter(Boolean).join(" "), body].filter(Boolean).join("\n"));
}
