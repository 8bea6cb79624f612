import { AppError } from "#platform/errors";

const maxHeaderLength = 4096;
const maxNameLength = 64;
const maxPasswordLength = 1024;
/** RFC 7235 token68, as far as base64 uses it. */
const headerPattern = /^basic +([a-z0-9+/]+={0,2})$/i;
// RFC 7617 forbids control characters in both parts.
const controlCharacter = /\p{Cc}/u;
const utf8 = new TextDecoder("utf-8", { fatal: true });

export interface BasicCredentials {
  /** Lower case. */
  readonly name: string;
  readonly password: string;
}

/** Reads an `Authorization: Basic` header (RFC 7617, UTF-8). Throws `unauthenticated` for anything else. */
export function parseBasic(header: string): BasicCredentials {
  const encoded = header.length > maxHeaderLength ? undefined : headerPattern.exec(header)?.[1];
  const text = encoded === undefined ? undefined : decode(encoded);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 1 || colon > maxNameLength || controlCharacter.test(text)) throw malformed();
  const password = text.slice(colon + 1);
  if (password.length === 0 || password.length > maxPasswordLength) throw malformed();
  return { name: text.slice(0, colon).toLowerCase(), password };
}

function decode(encoded: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(encoded, "base64"));
  } catch {
    return undefined;
  }
}

function malformed(): AppError {
  return new AppError(
    "unauthenticated",
    "The Authorization header is not understood; use Basic with name and password.",
  );
}
