import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { openForeign } from "#platform/db";
import { AppError, errnoOf } from "#platform/errors";
import type { Identity } from "#security/identity";
import type { Storage } from "#storage/primary";
import { type NextcloudConfig, readConfigPhp } from "./config-php.ts";
import type { Finding, FoundPerson } from "./contract.ts";
import { createSource, type Source, type SourcePerson } from "./source.ts";

/** A Nextcloud that is open for reading; whoever opened it closes it. */
export interface OpenNextcloud {
  readonly config: NextcloudConfig;
  readonly dataFolder: string;
  readonly source: Source;
}

/** Where a Nextcloud is. */
export interface NextcloudPlace {
  readonly folder: string;
  readonly dataFolder?: string | undefined;
}

/** What Hearth itself is made of. */
export interface Ours {
  readonly storage: Pick<Storage, "volumes">;
  readonly dataDir: string;
}

/** Throws `bad-request` with what is missing, and `unavailable` when the database does not answer. */
export async function openNextcloud(
  { storage, dataDir }: Ours,
  { folder, dataFolder }: NextcloudPlace,
): Promise<OpenNextcloud> {
  const ours = [dataDir, ...storage.volumes().map(({ path }) => path)].map(realPathOf);
  requireElsewhere(ours, folder);
  const config = readConfigPhp(readConfig(join(folder, "config", "config.php")));
  const data = dataFolder ?? config.dataFolder;
  if (statSync(data, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError("bad-request", `There is no data folder at ${data}. If it was moved, say where it is now.`);
  requireElsewhere(ours, data);
  const { database } = config;
  const address =
    database.kind === "sqlite" ? { ...database, path: database.path.replace(config.dataFolder, data) } : database;
  const source = createSource(await openForeign(address), config.prefix);
  return { config, dataFolder: data, source };
}

/** Somebody could have uploaded what looks like a Nextcloud, or name the files of others as its data. */
function requireElsewhere(ours: readonly string[], path: string): void {
  const real = `${realPathOf(path)}/`;
  if (ours.some((one) => real.startsWith(`${one}/`) || `${one}/`.startsWith(real)))
    throw new AppError("bad-request", `${path} belongs to Hearth itself; a Nextcloud lies elsewhere.`);
}

/** Without a slash at the end; what is missing is named by whoever opens it. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path).replace(/\/$/, "");
  } catch {
    return path;
  }
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "EACCES")
      throw new AppError("bad-request", `${path} may not be read by this server. Run it as root for the import.`, {
        cause,
      });
    throw new AppError("bad-request", `There is no ${path}. Name the folder in which Nextcloud is installed.`, {
      cause,
    });
  }
}

/** The login name somebody of that uid gets; null when it cannot be one here. */
export function loginNameOf(uid: string): string | null {
  const name = uid.toLowerCase();
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(name) ? name : null;
}

interface InspectDeps extends Ours {
  readonly storage: Storage;
  readonly identity: Pick<Identity, "findByName">;
}

/** What would come along and what would not. */
export async function inspect({ storage, dataDir, identity }: InspectDeps, place: NextcloudPlace) {
  const nextcloud = await openNextcloud({ storage, dataDir }, place);
  const { source, dataFolder, config } = nextcloud;
  try {
    const people = await source.people();
    const found = await Promise.all(people.map((person) => foundPerson(identity, source, person)));
    const shares = await source.shares();
    // Where homes are made.
    const [volume] = storage.volumes();
    if (volume === undefined) throw new AppError("unavailable", "There is no volume.");
    const { freeBytes } = volume;
    const canLink = statSync(dataFolder).dev === statSync(volume.path).dev;
    return {
      version: config.version,
      dataFolder,
      people: found,
      groups: (await source.groups()).length,
      shares: shares.filter(({ kind }) => kind !== "link").length,
      links: shares.filter(({ kind }) => kind === "link").length,
      appPasswords: (await source.appPasswords()).length,
      freeBytes,
      canLink,
      findings: [...(await findings(nextcloud, people)), ...roomFindings(found, freeBytes, canLink)],
    };
  } finally {
    await source.close();
  }
}

async function foundPerson(
  identity: Pick<Identity, "findByName">,
  source: Source,
  { uid, displayName, passwordHash, storage }: SourcePerson,
): Promise<FoundPerson> {
  const name = loginNameOf(uid);
  const root = storage === null ? undefined : await source.root(storage);
  return {
    uid,
    displayName,
    name,
    exists: name !== null && identity.findByName(name) !== undefined,
    files: root?.files ?? 0,
    sizeBytes: root?.sizeBytes ?? 0,
    keepsPassword: passwordHash !== null,
  };
}

async function findings({ source, config }: OpenNextcloud, people: readonly SourcePerson[]): Promise<Finding[]> {
  const { encrypts, externalPlaces, groupFolders, otherAccounts } = await source.facts();
  const major = Number(config.version.split(".", 1)[0]);
  const renamed = people.filter(({ uid }) => loginNameOf(uid) !== uid).length;
  const all: (Finding | false)[] = [
    encrypts && {
      level: "stops",
      text: "Server-side encryption is on: the files cannot be read without it. Decrypt them first with “occ encryption:decrypt-all”.",
    },
    people.length === 0 && { level: "stops", text: "There is nobody with an account of this Nextcloud's own." },
    otherAccounts > 0 && {
      level: "left-out",
      text: `${otherAccounts} accounts come from a directory (LDAP). They are not brought over.`,
    },
    externalPlaces > 0 && {
      level: "left-out",
      text: `${externalPlaces} external storages stay behind; add them as external places.`,
    },
    groupFolders > 0 && {
      level: "left-out",
      text: `${groupFolders} team folders stay behind; copy them into a shared space.`,
    },
    renamed > 0 && {
      level: "note",
      text: `${renamed === 1 ? "One person logs" : `${renamed} people log`} in under another name here; sync programs have to be set up again.`,
    },
    !(major >= 12 && major <= 32) && {
      level: "note",
      text: `Version ${config.version || "unknown"} is not one that was tried (12 to 32).`,
    },
    { level: "note", text: "Calendars, contacts, the trash and earlier versions stay in the Nextcloud." },
    { level: "note", text: "Turn on its maintenance mode first, so that nothing changes while files are taken." },
  ];
  return all.filter((finding) => finding !== false);
}

function roomFindings(people: readonly FoundPerson[], freeBytes: number, canLink: boolean): Finding[] {
  const neededBytes = people.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (neededBytes <= freeBytes) return [];
  const text = "There is not enough room for a copy of everything.";
  return [canLink ? { level: "note", text: `${text} Links take none.` } : { level: "stops", text }];
}
