/** The address by which the caller sees this server, without a slash at the end. A front that ends TLS tells of it in a header. */
export function originOf(request: Request): string {
  const url = new URL(request.url);
  const isForwardedTls = request.headers.get("x-forwarded-proto") === "https";
  return `${isForwardedTls ? "https:" : url.protocol}//${request.headers.get("host") ?? url.host}`;
}
