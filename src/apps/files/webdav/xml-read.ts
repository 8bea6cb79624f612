import { SaxesParser, type SaxesTagNS } from "saxes";
import { AppError } from "#platform/errors";
import { escapeXml } from "./xml-write.ts";

export interface XmlElement {
  /** Empty for an element in no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Child elements in document order. */
  readonly children: XmlElement[];
  /** All text directly inside. */
  text: string;
  /** The element on its own: with every namespace it uses declared, and the `xml:lang` it stands in. */
  readonly toXml: () => string;
}

const maxBytes = 256 * 1024;
const maxDepth = 64;
const maxElements = 5000;
const maxAttributes = 5000;
const readableEncodings = new Set(["utf-8", "utf8", "utf-16", "us-ascii"]);

/**
 * The root element of a request body; undefined when there is no body. Throws `bad-request` for XML that is not well-formed, has
 * a DOCTYPE, or is too deep or too large in number of parts; `too-large` for too many bytes.
 */
export async function readXml(request: Request): Promise<XmlElement | undefined> {
  const text = await readXmlText(request);
  return text === "" ? undefined : parseXml(text);
}

/** The body as text: UTF-8, or UTF-16 with a byte order mark (RFC 7303 §3). */
export async function readXmlText(request: Request): Promise<string> {
  if (request.body === null || request.headers.get("content-length") === "0") return "";
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw new AppError("too-large");
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new AppError("too-large");
    chunks.push(chunk);
  }
  return decodeXml(Buffer.concat(chunks));
}

function decodeXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xfe && second === 0xff ? "utf-16be" : first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("bad-request", "The body is not UTF-8.", { cause });
  }
}

interface OpenElement extends XmlElement {
  readonly tag: SaxesTagNS;
  readonly parent: OpenElement | undefined;
  readonly content: (OpenElement | string)[];
}

/** See {@link readXml}. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  let root: OpenElement | undefined;
  let current: OpenElement | undefined;
  let depth = 0;
  let elements = 0;
  let attributes = 0;
  const addText = (piece: string) => {
    if (current === undefined) return;
    current.text += piece;
    current.content.push(piece);
  };
  parser.on("error", (cause) => {
    throw new AppError("bad-request", "The body is not well-formed XML.", { cause });
  });
  parser.on("doctype", () => {
    throw new AppError("bad-request", "A document type is not accepted.");
  });
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !readableEncodings.has(encoding.toLowerCase())) {
      throw new AppError("unsupported-type", "XML is read as UTF-8 or UTF-16.");
    }
  });
  parser.on("opentag", (tag) => {
    depth += 1;
    elements += 1;
    attributes += Object.keys(tag.attributes).length;
    if (depth > maxDepth || elements > maxElements || attributes > maxAttributes) {
      throw new AppError("bad-request", "The XML is too deep or has too many parts.");
    }
    refuseUndeclared(tag);
    const element = openElement(tag, current);
    current?.children.push(element);
    current?.content.push(element);
    root ??= element;
    current = element;
  });
  parser.on("closetag", () => {
    depth -= 1;
    current = current?.parent;
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  if (root === undefined) throw new AppError("bad-request", "The body holds no XML.");
  return root;
}

/** A prefix cannot be bound to nothing (Namespaces in XML 1.0 §5). */
function refuseUndeclared(tag: SaxesTagNS): void {
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.prefix === "xmlns" && attribute.value === "") {
      throw new AppError("bad-request", "A namespace prefix is bound to nothing.");
    }
  }
}

function openElement(tag: SaxesTagNS, parent: OpenElement | undefined): OpenElement {
  const element: OpenElement = {
    namespace: tag.uri,
    name: tag.local,
    children: [],
    text: "",
    tag,
    parent,
    content: [],
    toXml: () => serialize(element, new Map([["", ""]]), languageAt(parent)),
  };
  return element;
}

function languageAt(element: OpenElement | undefined): string | undefined {
  for (let at = element; at !== undefined; at = at.parent) {
    const language = at.tag.attributes["xml:lang"]?.value;
    if (language !== undefined) return language;
  }
  return undefined;
}

/** `scope` holds the prefixes that are declared around the element in the output. */
function serialize(element: OpenElement, scope: ReadonlyMap<string, string>, language?: string): string {
  const { tag } = element;
  const inner = new Map(scope);
  let head = `<${tag.name}`;
  const declare = (prefix: string, uri: string) => {
    if (prefix === "xml" || inner.get(prefix) === uri) return;
    inner.set(prefix, uri);
    head += prefix === "" ? ` xmlns="${escapeXml(uri)}"` : ` xmlns:${prefix}="${escapeXml(uri)}"`;
  };
  declare(tag.prefix, tag.uri);
  for (const { name, prefix, uri, value } of Object.values(tag.attributes)) {
    // Declarations are kept as they came: text content may use the prefixes too.
    if (prefix === "xmlns") declare(name.slice("xmlns:".length), value);
    else if (name === "xmlns") declare("", value);
    else {
      if (prefix !== "") declare(prefix, uri);
      head += ` ${name}="${escapeXml(value).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;").replaceAll("\r", "&#13;")}"`;
    }
  }
  if (language !== undefined && tag.attributes["xml:lang"] === undefined) head += ` xml:lang="${escapeXml(language)}"`;
  if (element.content.length === 0) return `${head}/>`;
  const body = element.content.map((part) =>
    typeof part === "string" ? escapeXml(part).replaceAll("\r", "&#13;") : serialize(part, inner),
  );
  return `${head}>${body.join("")}</${tag.name}>`;
}

/** True for an element of the `DAV:` namespace with that name. */
export function isDav(element: XmlElement, name: string): boolean {
  return element.namespace === "DAV:" && element.name === name;
}

export function davChild(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => isDav(child, name));
}
