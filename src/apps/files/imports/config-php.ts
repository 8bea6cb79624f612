import type { ForeignAddress } from "#platform/db";
import { AppError } from "#platform/errors";

/** What the configuration of a Nextcloud says, as far as it matters here. */
export interface NextcloudConfig {
  readonly version: string;
  readonly dataFolder: string;
  readonly database: ForeignAddress;
  /** Prefix of its tables. */
  readonly prefix: string;
  /** What the hashes of its app passwords are salted with; as secret as they are. */
  readonly secret: string;
}

const maxLength = 1_000_000;

/** Reads `config.php`: the entries of its one array that are text, numbers or yes and no. Throws `bad-request`. */
export function readConfigPhp(text: string): NextcloudConfig {
  const values = text.length > maxLength ? new Map<string, string>() : entriesOf(text);
  const required = (key: string): string => {
    const value = values.get(key);
    if (value === undefined) throw new AppError("bad-request", `The configuration of the Nextcloud names no "${key}".`);
    return value;
  };
  const prefix = values.get("dbtableprefix") ?? "oc_";
  if (!/^\w{0,32}$/.test(prefix)) throw new AppError("bad-request", "The table prefix of the Nextcloud is not usable.");
  const dataFolder = required("datadirectory");
  return {
    version: values.get("version") ?? "",
    dataFolder,
    database: databaseOf(values, required, dataFolder),
    prefix,
    secret: required("secret"),
  };
}

function databaseOf(
  values: ReadonlyMap<string, string>,
  required: (key: string) => string,
  dataFolder: string,
): ForeignAddress {
  const type = values.get("dbtype") ?? "sqlite3";
  if (type === "sqlite3" || type === "sqlite")
    return { kind: "sqlite", path: `${dataFolder}/${values.get("dbname") ?? "owncloud"}.db` };
  if (type !== "mysql" && type !== "pgsql")
    throw new AppError("bad-request", `Databases of the kind "${type}" cannot be read.`);
  const kind = type === "mysql" ? "mysql" : "postgres";
  const { host, port, socket } = hostOf(required("dbhost"));
  return {
    kind,
    host: host === "" ? "localhost" : host,
    port: port ?? Number(values.get("dbport") || (kind === "mysql" ? 3306 : 5432)),
    socket,
    name: required("dbname"),
    user: required("dbuser"),
    password: required("dbpassword"),
  };
}

/** `host`, `host:port`, `[::1]:port`, `host:/path/of/socket` or `/path/of/socket`. */
function hostOf(text: string): { host: string; port: number | undefined; socket: string | undefined } {
  if (text.startsWith("/")) return { host: "localhost", port: undefined, socket: text };
  const [, bracketed, plain = "", rest = ""] = /^(?:\[([^\]]+)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  const isSocket = rest.startsWith("/");
  return {
    host: bracketed ?? plain,
    port: isSocket || rest === "" ? undefined : Number(rest),
    socket: isSocket ? rest : undefined,
  };
}

/** `'key' => 'text'`, `=> 12`, `=> true`; what is deeper inside is passed over. */
function entriesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const token =
    /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|=>|array\s*\(|[[\](),]|\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*|-?\d+|\btrue\b|\bfalse\b/g;
  let depth = 0;
  let key: string | undefined;
  let last: string | undefined;
  for (const match of text.matchAll(token)) {
    const [word, single, double] = match;
    if (word.startsWith("/*") || word.startsWith("//") || word.startsWith("#")) continue;
    if (word.startsWith("array") || word === "[" || word === "(") depth += 1;
    else if (word === ")" || word === "]") depth -= 1;
    else if (word === "=>") key = depth === 1 ? last : undefined;
    else if (word === ",") key = undefined;
    else {
      last = single ?? double;
      const value = last === undefined ? word : unescape(last);
      if (depth === 1 && key !== undefined) values.set(key, value);
      last ??= word;
    }
  }
  return values;
}

const unescape = (text: string) => text.replaceAll(/\\(['"\\])/g, "$1");
