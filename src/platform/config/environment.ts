import process from "node:process";

/** What the environment may set; an absent or empty variable is undefined. */
export interface Environment {
  /** HEARTH_DATA: the data folder. */
  readonly dataDir?: string;
  /** HEARTH_LISTEN: `HOST:PORT`. */
  readonly listen?: string;
  /** HEARTH_LOG_LEVEL */
  readonly logLevel?: string;
  /** HEARTH_ADMIN_USER, HEARTH_ADMIN_PASSWORD, HEARTH_ADMIN_PASSWORD_FILE: the owner of an unattended first run. */
  readonly adminUser?: string;
  readonly adminPassword?: string;
  readonly adminPasswordFile?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The only reader of the environment in the product. */
export function readEnvironment(variables: Variables = process.env): Environment {
  const read = (name: string) => (variables[name] === "" ? undefined : variables[name]);
  return {
    dataDir: read("HEARTH_DATA"),
    listen: read("HEARTH_LISTEN"),
    logLevel: read("HEARTH_LOG_LEVEL"),
    adminUser: read("HEARTH_ADMIN_USER"),
    adminPassword: read("HEARTH_ADMIN_PASSWORD"),
    adminPasswordFile: read("HEARTH_ADMIN_PASSWORD_FILE"),
  };
}

/** What child processes inherit: everything but our own variables, one of which is a password; plain English messages. */
export function childEnvironment(variables: Variables = process.env): Record<string, string> {
  const inherited = Object.entries(variables).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("HEARTH_"),
  );
  return { ...Object.fromEntries(inherited), LC_ALL: "C.UTF-8" };
}
