import type { PlaceServer } from "./places-servers.ts";

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  readonly body: any;
}

export async function postOperation(url: string, operation: string, input: unknown, cookie: string): Promise<Answer> {
  const headers = { cookie, origin: url };
  const response = await fetch(`${url}/api/${operation}`, {
    method: "POST",
    headers,
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
}

export async function logIn(url: string, name: string, password: string): Promise<string> {
  const headers = { origin: url, "content-type": "application/json" };
  const response = await fetch(`${url}/api/session.login`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name, password }),
  });
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

/** What `look` finds, when it finds something. */
export async function until<T>(look: () => Promise<T | undefined>, withinMs = 20_000): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(50);
  }
  throw new Error("it did not happen");
}

/** Begins a TUS upload of so many bytes; the answer has its address. */
export function createTusUpload(
  url: string,
  cookie: string,
  pairs: Readonly<Record<string, string>>,
  sizeBytes: number,
): Promise<Response> {
  const metadata = Object.entries(pairs).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`);
  const headers = { cookie, origin: url, "tus-resumable": "1.0.0", "upload-metadata": metadata.join(",") };
  return fetch(`${url}/api/places/uploads`, {
    method: "POST",
    headers: { ...headers, "upload-length": String(sizeBytes) },
  });
}

export function sendTusPart(
  address: string,
  cookie: string,
  offset: number,
  body: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const headers = { cookie, origin: new URL(address).origin, "tus-resumable": "1.0.0" };
  const part = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  return fetch(address, { method: "PATCH", headers: { ...headers, ...part }, body });
}

/** How the product is told of a server. */
export const addressOf = ({ settings }: PlaceServer) => {
  const { kind, address, user, container, folder } = settings;
  return { kind, address, user, container, folder };
};
