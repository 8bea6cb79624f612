import type { Clock } from "#platform/clock";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
  /** A logger whose lines also carry these fields, as a request id. */
  child(fields: LogFields): Logger;
}

interface LoggerDeps {
  readonly clock: Clock;
  readonly level: LogLevel;
  readonly write: (line: string) => void;
}

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Names whose values never reach a log, wherever they stand and whatever stands before them, as `newPassword`. */
const secretNames =
  /(password|passphrase|secret|token|authorization|cookie|api-?key|private_?key|preshared_?key)s?$|^code$/i;
/** The token of a share link is the right to its files, and it is a part of the path. */
const secretPath = /(^|\/)s\/[\w-]{8,}/g;
const maxDepth = 6;
const maxItems = 100;
const maxTextLength = 8192;

/** One JSON object a line: time, level, msg, then the fields; secrets are replaced by name. */
export function createLogger(deps: LoggerDeps, base: LogFields = {}): Logger {
  const emit = (level: LogLevel, msg: string, fields: LogFields = {}) => {
    if (order[level] < order[deps.level]) return;
    const line = { time: new Date(deps.clock.now()).toISOString(), level, msg, ...base, ...fields };
    deps.write(`${JSON.stringify(redact(line, 0))}\n`);
  };
  return {
    debug: (msg, fields) => emit("debug", msg, fields),
    info: (msg, fields) => emit("info", msg, fields),
    warn: (msg, fields) => emit("warn", msg, fields),
    error: (msg, fields) => emit("error", msg, fields),
    child: (fields) => createLogger(deps, { ...base, ...fields }),
  };
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value === "string") return shorten(value).replace(secretPath, "$1s/[hidden]");
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= maxDepth) return "…";
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date || value instanceof URL) return redact(value.toJSON(), depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => redact(item, depth + 1));
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, secretNames.test(name) ? "[hidden]" : redact(item, depth + 1)]),
  );
}

function shorten(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}

function describeError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    errno: "code" in error && typeof error.code === "string" ? error.code : undefined,
    message: redact(error.message, depth),
    stack: redact(error.stack, depth),
    cause: redact(error.cause, depth + 1),
  };
}
