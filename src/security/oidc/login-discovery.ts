import type { Configuration } from "openid-client";
import { AppError } from "#platform/errors";

const timeoutSeconds = 10;

interface Registration {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
}

/**
 * Asks an issuer for its description (OpenID Connect Discovery 1.0); the library is loaded by the first call. Plain HTTP only when
 * the issuer itself was allowed to be plain. Throws `unavailable` that says what to look at.
 */
export async function discover({ issuer, clientId, clientSecret }: Registration): Promise<Configuration> {
  const library = await import("openid-client");
  const server = new URL(issuer);
  const authentication = clientSecret === null ? library.None() : library.ClientSecretBasic(clientSecret);
  const execute = [
    library.enableNonRepudiationChecks,
    ...(server.protocol === "http:" ? [library.allowInsecureRequests] : []),
  ];
  try {
    return await library.discovery(server, clientId, undefined, authentication, { execute, timeout: timeoutSeconds });
  } catch (cause) {
    throw new AppError("unavailable", `${issuer} does not answer as an OpenID provider does.`, { cause });
  }
}
