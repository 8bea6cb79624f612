/** Where the worker puts what other programs on the device share with the page, until it is uploaded. */
export const sharedCache = "hearth-shared";
/** Address that a device posts shared files to (W3C web share target), and where it lands. */
export const shareTarget = "/share-target";
export const sharedPage = "/camera?shared=yes";

const nameHeader = "x-file-name";
const timeHeader = "x-file-time";

/** One shared file as the cache keeps it. */
export function toCached(file: File): Response {
  const headers = {
    "content-type": file.type,
    [nameHeader]: encodeURIComponent(file.name),
    [timeHeader]: String(file.lastModified),
  };
  return new Response(file, { headers });
}

/** What was shared and not uploaded yet; nothing where the browser keeps no caches. */
export async function sharedFiles(): Promise<readonly File[]> {
  if (!("caches" in globalThis)) return [];
  const cache = await caches.open(sharedCache);
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    if (response !== undefined) files.push(await fromCached(response));
  }
  return files;
}

async function fromCached(response: Response): Promise<File> {
  const { headers } = response;
  const blob = await response.blob();
  const type = headers.get("content-type") ?? blob.type;
  const name = decodeURIComponent(headers.get(nameHeader) ?? "file");
  return new File([blob], name, { type, lastModified: Number(headers.get(timeHeader) ?? 0) });
}

export async function clearShared(): Promise<void> {
  await caches.delete(sharedCache);
}
