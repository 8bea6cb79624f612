import { AppError } from "#platform/errors";
import type { ErrorCode } from "#wire";

/** Why a place cannot be used as it is; the words of `places.probe`. */
export type RemoteOutcome =
  | "wrong-password"
  | "host-unknown"
  | "refused"
  | "timed-out"
  | "certificate"
  | "host-key"
  | "folder-missing"
  | "container-missing"
  | "forbidden"
  | "redirected"
  | "unsupported";

const sentences: Readonly<Record<RemoteOutcome, string>> = {
  "wrong-password": "The server does not accept this name and password.",
  "host-unknown": "There is no server of this name. Check the address.",
  refused: "The server cannot be reached: it is off, or listens on another port.",
  "timed-out": "The server does not answer.",
  certificate:
    "The server's certificate is not trusted: it is expired, for another name, or of an authority this machine does not know.",
  "host-key":
    "The server shows another key than the one that was confirmed. It was set up anew, or somebody stands in between.",
  "folder-missing": "This folder does not exist there.",
  "container-missing": "This share or bucket does not exist there.",
  forbidden: "The server does not allow this.",
  redirected: "The server sends on to another address. Enter that address if it is the right one.",
  unsupported: "The server answers with something that is not understood. Check the kind and the address.",
};

/** The server could not be reached or did not let us in: the place is offline. */
export class RemoteOffline extends AppError {
  readonly outcome: RemoteOutcome;

  constructor(outcome: RemoteOutcome, cause?: unknown) {
    super("unavailable", sentences[outcome], { cause, retryAfterSeconds: 30 });
    this.outcome = outcome;
  }
}

export function sentenceOf(outcome: RemoteOutcome): string {
  return sentences[outcome];
}

/** What rclone and the libraries below it say, most particular first. */
const offlinePatterns: readonly (readonly [RegExp, RemoteOutcome])[] = [
  [/knownhosts: |key mismatch|host key/i, "host-key"],
  [/x509|certificate|tls: |server gave HTTP response to HTTPS|first record does not look like a TLS/i, "certificate"],
  [/unable to authenticate|attempted logon is invalid|Logon failure|401 Unauthorized|Unauthorized/i, "wrong-password"],
  [/InvalidAccessKeyId|SignatureDoesNotMatch|AuthorizationHeaderMalformed|password has expired/i, "wrong-password"],
  [/no such host|server misbehaving/i, "host-unknown"],
  [/Network Name Not Found|share name cannot be found|Bad Network Name|NoSuchBucket/i, "container-missing"],
  [/timeout|timed out|deadline exceeded/i, "timed-out"],
  [
    /connection refused|no route to host|network is unreachable|host is down|connection reset|broken pipe|\bEOF\b/i,
    "refused",
  ],
  [/30[12378] (Moved|Found|Temporary|Permanent|See Other)|stopped after \d+ redirects/i, "redirected"],
];

const answerPatterns: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /object not found|directory not found|does not exist|file not found|404 Not Found|NoSuchKey/i,
    "not-found",
    "It is no longer there.",
  ],
  [/already exists|file exists|Object Name Collision/i, "exists", "The name is taken there."],
  [
    /507|no space left|disk full|quota|Insufficient Storage/i,
    "disk-full",
    "There is no space left at the other server.",
  ],
  [/423 Locked|sharing violation|being used by another/i, "locked", "Another program has it open at the other server."],
  [
    /permission denied|access denied|AccessDenied|403 Forbidden|405 Method|read-only/i,
    "forbidden",
    "The other server does not allow this.",
  ],
  [
    /invalid argument|Name Invalid|file name too long|object name is invalid/i,
    "invalid-name",
    "The other server cannot keep this name.",
  ],
];

/** The error behind the text of a failed call. */
export function remoteErrorOf(text: string): AppError {
  const cause = new Error(text.slice(0, 1000));
  for (const [pattern, outcome] of offlinePatterns) if (pattern.test(text)) return new RemoteOffline(outcome, cause);
  for (const [pattern, code, detail] of answerPatterns) {
    if (pattern.test(text)) return new AppError(code, detail, { cause });
  }
  return new AppError("unavailable", sentences.unsupported, { cause });
}
