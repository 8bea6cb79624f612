import { SQL } from "bun";
import { AppError } from "#platform/errors";
import { openReadOnly } from "./read-only.ts";

/** Where a database of another program is. */
export type ForeignAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "mysql" | "postgres";
      readonly host: string;
      readonly port: number;
      readonly socket: string | undefined;
      readonly name: string;
      readonly user: string;
      readonly password: string;
    };

/** A database of another program, for reading only. */
export interface ForeignDb {
  /** The text is ours alone: nothing that somebody typed may be put into it. */
  rows<Row>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

const connectTimeoutSeconds = 10;
const idleTimeoutSeconds = 60;

/** Opens it and asks one question. Throws `not-found` or `unavailable` with what the other side said. */
export async function openForeign(address: ForeignAddress): Promise<ForeignDb> {
  const db = address.kind === "sqlite" ? openSqlite(address.path) : openServer(address);
  try {
    await db.rows("SELECT 1");
    return db;
  } catch (cause) {
    await db.close();
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("unavailable", `The database cannot be read: ${said}`, { cause });
  }
}

function openSqlite(path: string): ForeignDb {
  const db = openReadOnly(path);
  return {
    rows: async <Row>(text: string) => db.prepare<Row, []>(text).all(),
    close: async () => db.close(),
  };
}

function openServer(address: Exclude<ForeignAddress, { kind: "sqlite" }>): ForeignDb {
  const { kind, host, port, socket, name, user, password } = address;
  const sql = new SQL({
    adapter: kind === "mysql" ? "mysql" : "postgres",
    ...(socket === undefined ? { hostname: host, port } : { path: socketPath(kind, socket, port) }),
    database: name,
    username: user,
    password,
    max: 1,
    connectionTimeout: connectTimeoutSeconds,
    idleTimeout: idleTimeoutSeconds,
  });
  return {
    rows: async <Row>(text: string) => Array.from((await sql.unsafe(text)) as Iterable<Row>),
    close: () => sql.close(),
  };
}

/** PostgreSQL is told the folder of its sockets. */
function socketPath(kind: "mysql" | "postgres", socket: string, port: number): string {
  return kind === "mysql" ? socket : `${socket}/.s.PGSQL.${port}`;
}
