/** Says that a browser was led here already: a proxy that hides the name it was asked for must not send it in circles. */
const marker = "hearth_led";

/** Leads a browser that came under another name to the public address, where its cookies must be; at most once. */
export function leadToPublicAddress(request: Request, publicUrl: string | null): Response | undefined {
  if (publicUrl === null || request.method !== "GET") return undefined;
  const url = new URL(request.url);
  // A proxy that does TLS asks over plain HTTP: the name counts, not the scheme.
  if (url.host === new URL(publicUrl).host || url.searchParams.has(marker)) return undefined;
  url.searchParams.set(marker, "1");
  return Response.redirect(`${publicUrl}${url.pathname}${url.search}`, 303);
}
