/** What an answer is made of; `undefined` is left out. In XML a plain value is an attribute, but `value` is the text of its element. */
export type Value = string | number | boolean;
export interface Tree {
  readonly [name: string]: Value | Tree | readonly (Value | Tree)[] | undefined;
}

/** Of Subsonic, and of this server. */
export interface Version {
  readonly server: string;
}

const apiVersion = "1.16.1";
const namespace = "http://subsonic.org/restapi";
const jsonHeaders = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
const xmlHeaders = { "content-type": "application/xml; charset=utf-8", "cache-control": "no-store" };

/** An answer in the form that the client asked for; refusals have HTTP status 200 too, as all servers of this API do. */
export function render(form: "xml" | "json", content: Tree, version: Version, isOk = true): Response {
  const head = {
    status: isOk ? "ok" : "failed",
    version: apiVersion,
    type: "hearth",
    serverVersion: version.server,
    openSubsonic: true,
  };
  if (form === "json") {
    return new Response(JSON.stringify({ "subsonic-response": { ...head, ...content } }), { headers: jsonHeaders });
  }
  const body = elementOf("subsonic-response", { xmlns: namespace, ...head, ...content });
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`, { headers: xmlHeaders });
}

const special: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text as XML 1.0 can hold it. */
function escape(value: Value): string {
  return String(value)
    .replace(forbidden, "")
    .replace(/[&<>"]/g, (one) => special[one] ?? "")
    .replace(/[\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function elementOf(name: string, content: Tree | Value): string {
  if (typeof content !== "object") return `<${name}>${escape(content)}</${name}>`;
  let attributes = "";
  let inner = "";
  for (const [key, value] of Object.entries(content)) {
    if (value === undefined) continue;
    if (typeof value !== "object") {
      if (key === "value") inner += escape(value);
      else attributes += ` ${key}="${escape(value)}"`;
    } else if (isList(value)) inner += value.map((one) => elementOf(key, one)).join("");
    else inner += elementOf(key, value);
  }
  return inner === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

const isList = (value: object): value is readonly (Value | Tree)[] => Array.isArray(value);
