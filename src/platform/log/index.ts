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

/** Names whose values never reach a log, wherever they stand. */
const secretNames =
  /^(password|secret|token|authorization|cookie|set-cookie|code|privatekey|private_key|presharedkey)$/i;
const maxDepth = 6;

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
  if (value instanceof Error) return describeError(value, depth);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= maxDepth) return "…";
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, secretNames.test(name) ? "[hidden]" : redact(item, depth + 1)]),
  );
}

function describeError(error: Error, depth: number): unknown {
  return { name: error.name, message: error.message, stack: error.stack, cause: redact(error.cause, depth + 1) };
}
