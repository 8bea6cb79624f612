import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rawHttp, type RawReply, type RunningHearth } from "#kit";

const folder = join(import.meta.dir, "golden");

/** One request of a client, with the answer it got. */
export interface Exchange {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly reply: RawReply;
}

interface Block {
  readonly title: string;
  /** As it stands in the file, up to the answer. */
  readonly request: string;
  readonly golden: string;
}

const shownHeaders = [
  "content-type",
  "www-authenticate",
  "etag",
  "oc-etag",
  "oc-fileid",
  "oc-checksum",
  "x-oc-mtime",
  "content-range",
  "last-modified",
  "dav",
  "retry-after",
];

/**
 * Sends what stands in `golden/CLIENT.http` and gives the answers, with what the file says of them and what it would say now. With
 * `HEARTH_GOLDEN=write` the file is written anew.
 */
export async function replay(client: string, hearth: RunningHearth) {
  const file = join(folder, `${client}.http`);
  const { head, blocks } = parse(readFileSync(file, "utf8"));
  const common = [...head.matchAll(/^@header ([^:]+): (.+)$/gm)].map(
    ([, name = "", value = ""]) => [name, value] as const,
  );
  const known = new Map([
    ["HOST", hearth.url],
    ["SHA1", new Bun.CryptoHasher("sha1").update("Dear reader").digest("hex")],
  ]);
  const normalise = createNormaliser(hearth);
  const exchanges: Exchange[] = [];
  const answers: string[] = [];
  for (const { title, request } of blocks) {
    const sent = readRequest(fill(request, known));
    const headers: [string, string][] = [
      ...common.map(([name, value]): [string, string] => [name, value]),
      ...sent.headers,
    ];
    if (!sent.isAnonymous) headers.unshift(["Authorization", hearth.authorization]);
    const reply = await rawHttp(hearth.url, { method: sent.method, target: sent.path, headers, body: sent.body });
    if (sent.capture !== undefined) known.set(sent.capture.name, capture(reply, sent.capture.pattern));
    exchanges.push({ title, method: sent.method, path: sent.path, reply });
    answers.push(show(reply, normalise));
  }
  const now = [`${head.trimEnd()}\n`, ...blocks.map(({ request }, index) => `${request}\n\n${answers[index]}\n`)].join(
    "\n",
  );
  if (process.env["HEARTH_GOLDEN"] === "write") writeFileSync(file, now);
  const differences = blocks.flatMap(({ title, golden }, index) =>
    golden === answers[index] ? [] : [{ title, golden, now: answers[index] ?? "" }],
  );
  return { exchanges, differences };
}

function parse(text: string): { head: string; blocks: Block[] } {
  const [head = "", ...parts] = text.split(/^(?=### )/m);
  const blocks = parts.map((part): Block => {
    const lines = part.trimEnd().split("\n");
    const first = lines.findIndex((line) => line.startsWith(">"));
    const end = first === -1 ? lines.length : first;
    const request = lines.slice(0, end).join("\n").trimEnd();
    return { title: lines[0]?.slice(4) ?? "", request, golden: lines.slice(end).join("\n") };
  });
  return { head, blocks };
}

function readRequest(block: string) {
  const [top = "", ...bodyParts] = block.split("\n\n");
  const lines = top.split("\n").slice(1);
  const options = lines.filter((line) => line.startsWith("@"));
  const [start = "", ...headerLines] = lines.filter((line) => !line.startsWith("@"));
  const [method = "", path = ""] = start.split(" ");
  const headers = headerLines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const captured = /@capture (\S+) (.+)/.exec(options.join("\n"));
  return {
    method,
    path,
    headers,
    body: bodyParts.length === 0 ? undefined : bodyParts.join("\n\n"),
    isAnonymous: options.includes("@anonymous"),
    capture: captured === null ? undefined : { name: captured[1] ?? "", pattern: captured[2] ?? "" },
  };
}

function capture({ headers, body }: RawReply, pattern: string): string {
  if (pattern === "etag") return (headers.get("etag") ?? "").replaceAll('"', "");
  return new RegExp(pattern).exec(body)?.[1] ?? "";
}

function fill(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$([A-Z\d]+)/g, (all, name: string) => known.get(name) ?? all);
}

function show({ status, headers, body }: RawReply, normalise: (text: string) => string): string {
  const type = headers.get("content-type") ?? "";
  const named = shownHeaders.flatMap((name) => (headers.has(name) ? [`${name}: ${headers.get(name)}`] : []));
  const text = type === "image/png" ? "(a picture)" : readable(type, body);
  const lines = [`${status}`, ...named, ...(text === "" ? [] : ["", ...text.trimEnd().split("\n")])];
  return lines.map((line) => `> ${normalise(line)}`.trimEnd()).join("\n");
}

function readable(type: string, body: string): string {
  if (type.includes("json") && body !== "") return JSON.stringify(JSON.parse(body), null, 2);
  return type.includes("xml") ? body.replaceAll("><", ">\n<") : body;
}

/** What differs from run to run gets the same word wherever it stands. */
function createNormaliser({ url }: RunningHearth): (text: string) => string {
  const words = new Map<string, string>();
  const counts = new Map<string, number>();
  const word = (kind: string, value: string) => {
    const known = words.get(`${kind} ${value}`);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    words.set(`${kind} ${value}`, `${kind}${count}`);
    return `${kind}${count}`;
  };
  const id = (value: string) => word("ID", String(Number(value)));
  const { host } = new URL(url);
  return (text) =>
    text
      .replaceAll(url, "ORIGIN")
      .replaceAll(host, "HOST")
      .replaceAll(/\b0*(\d+)hearth\b/g, (_, digits: string) => `${id(digits)}hearth`)
      .replaceAll(/<oc:fileid>(\d+)/g, (_, digits: string) => `<oc:fileid>${id(digits)}`)
      .replaceAll(
        /(file_source|item_source|file_parent)("?[:>] ?)(\d+)/g,
        (_, name: string, mid: string, digits: string) => name + mid + id(digits),
      )
      .replaceAll(
        /(etag: "|<d:getetag>")([^"]+)"/g,
        (_, before: string, value: string) => `${before}${word("ETAG", value)}"`,
      )
      .replaceAll(/\w{3}, \d\d \w{3} (?!2023)\d{4} \d\d:\d\d:\d\d GMT/g, "DATE")
      .replaceAll(/(creationdate>)[^<]+/g, "$1DATE")
      .replaceAll(/((?:creation|upload|deletion-)_?time>)\d+/g, "$1TIME")
      .replaceAll(/("?(?:stime|item_mtime)"?[:>] ?)\d+/g, "$1TIME")
      .replaceAll(/((?:available|used)-bytes>)\d+/g, "$1BYTES")
      .replaceAll(/("(?:free|total|used|relative)": )[\d.]+/g, "$1BYTES")
      .replaceAll(/\.[\w-]{8}\.d1\d{9}\b/g, ".MARK.dTIME")
      .replaceAll(/(ORIGIN\/s\/)[\w-]{22}/g, "$1TOKEN")
      .replaceAll(/("token": ")[^"]+|(<token>)[^<]+/g, "$1$2TOKEN")
      .replaceAll(/(\/direct\/)[\w-]{43}/g, "$1TOKEN")
      .replaceAll(/("id": "|<id>)(?:\d+|[\da-f]{8})(?=["<])/g, "$1ANY");
}
