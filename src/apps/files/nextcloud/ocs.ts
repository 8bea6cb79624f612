import { escapeXml } from "#apps/files/webdav";
import type { AppError } from "#platform/errors";

export type OcsValue =
  | string
  | number
  | boolean
  | null
  | readonly OcsValue[]
  | { readonly [key: string]: OcsValue | undefined };

/** Of one request: which version of the interface and which form the answer has. */
export interface OcsForm {
  readonly version: 1 | 2;
  readonly isJson: boolean;
}

const jsonType = "application/json; charset=utf-8";
const xmlType = "application/xml; charset=utf-8";

/** Success is 100 in the first version and 200 in the second. */
export function ocsAnswer(form: OcsForm, data: OcsValue): Response {
  return render(form, 200, { status: "ok", statuscode: form.version === 1 ? 100 : 200, message: "OK" }, data);
}

/** Of the first version, success and failure are told in the body; but no client may take a missing part for one that is there. */
export function ocsFailure(
  form: OcsForm,
  httpStatus: number,
  statuscode: number,
  message: string,
  data: OcsValue = [],
): Response {
  return render(form, httpStatus, { status: "failure", statuscode, message }, data);
}

export function ocsError(form: OcsForm, error: AppError): Response {
  if (error.status === 401) {
    const answer = ocsFailure(form, 401, 997, error.detail);
    answer.headers.set("www-authenticate", 'Basic realm="Hearth", charset="UTF-8"');
    return answer;
  }
  return ocsFailure(form, error.status, error.status, error.detail);
}

export function readOcsForm(request: Request, rawPath: string): OcsForm {
  const format = new URL(request.url).searchParams.get("format");
  const isJson = format === null ? /application\/json/.test(request.headers.get("accept") ?? "") : format === "json";
  return { version: rawPath.startsWith("/ocs/v1.php") ? 1 : 2, isJson };
}

function render(form: OcsForm, status: number, meta: OcsValue, data: OcsValue): Response {
  // Without a space anywhere: the desktop client looks for `"statuscode":` and the digits after it.
  const body = form.isJson
    ? JSON.stringify({ ocs: { meta, data } })
    : `<?xml version="1.0"?>\n<ocs>${element("meta", meta)}${element("data", data)}</ocs>\n`;
  const headers = { "content-type": form.isJson ? jsonType : xmlType, "cache-control": "no-store" };
  return new Response(body, { status, headers });
}

function element(name: string, value: OcsValue | undefined): string {
  if (value === undefined) return "";
  const content = inner(value);
  return content === "" ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

/** As PHP writes them: true is 1, false and null are empty, the parts of a list are called `element`. */
function inner(value: OcsValue): string {
  if (value === null || value === false) return "";
  if (value === true) return "1";
  if (typeof value !== "object") return escapeXml(String(value));
  if (isList(value)) return value.map((one) => element("element", one)).join("");
  return Object.entries(value)
    .map(([key, one]) => element(key, one))
    .join("");
}

function isList(value: OcsValue): value is readonly OcsValue[] {
  return Array.isArray(value);
}
