import { SaxesParser } from "saxes";

const special: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an element or an attribute; what XML 1.0 cannot hold is left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (one) => special[one] ?? "");
}

/** `<name a="…">text</name>`, all escaped; attributes that are null are left out. */
export function element(name: string, text: string, attributes: Readonly<Record<string, string | null>> = {}): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${escapeXml(value)}"`],
  );
  return `<${name}${pairs.join("")}>${escapeXml(text)}</${name}>`;
}

export interface SoapCall {
  readonly action: string;
  readonly args: ReadonlyMap<string, string>;
}

const maxArgs = 20;

/** The action in a SOAP 1.1 body and its arguments; undefined when it is none. No entity but the five of XML is expanded. */
export function readSoap(body: string): SoapCall | undefined {
  const args = new Map<string, string>();
  const path: string[] = [];
  let action: string | undefined;
  let text = "";
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a document type is not allowed");
  });
  parser.on("opentag", ({ name }) => {
    path.push(name.slice(name.indexOf(":") + 1));
    text = "";
    if (path.length === 3 && path[1] === "Body") action ??= path[2];
  });
  parser.on("text", (more) => (text += more));
  parser.on("closetag", () => {
    const name = path.pop();
    if (path.length === 3 && path[2] === action && name !== undefined && args.size < maxArgs) args.set(name, text);
    text = "";
  });
  try {
    parser.write(body).close();
  } catch {
    return undefined;
  }
  return action === undefined ? undefined : { action, args };
}
