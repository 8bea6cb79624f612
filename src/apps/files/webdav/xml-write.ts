export const xmlHeader = '<?xml version="1.0" encoding="utf-8"?>\n';

const plain = /^[ !#-%'-;=?-~]*$/;
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Characters that XML 1.0 cannot hold, and lone surrogates; file names from elsewhere can contain them. */
// oxlint-disable-next-line no-control-regex -- control characters are what is replaced here
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text for an element or an attribute in double quotes. */
export function escapeXml(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(unprintable, "\u{fffd}")
    .replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character);
}

/** A `207 Multi-Status` or another XML answer. */
export function xmlResponse(status: number, body: BodyInit, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "application/xml; charset=utf-8", "cache-control": "no-cache", ...headers },
  });
}

export const davNamespace = "DAV:";
export const owncloudNamespace = "http://owncloud.org/ns";
export const nextcloudNamespace = "http://nextcloud.org/ns";

/** Prefixes that `multistatusOpen` declares, by namespace. */
export const prefixes: ReadonlyMap<string, string> = new Map([
  [davNamespace, "d"],
  [owncloudNamespace, "oc"],
  [nextcloudNamespace, "nc"],
]);

const declarations = Array.from(prefixes, ([namespace, prefix]) => `xmlns:${prefix}="${namespace}"`).join(" ");

export const multistatusOpen = `${xmlHeader}<d:multistatus ${declarations}>`;
export const multistatusClose = "</d:multistatus>";
