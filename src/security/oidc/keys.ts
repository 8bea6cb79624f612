import { generateKeyPair } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";

const dayMs = 86_400_000;
/** New keys sign for so long; then the next ones do. */
const signForMs = 90 * dayMs;
/** Old ones are published for so long after: far beyond the life of what they signed, and long enough for a logout hint. */
const publishForMs = 30 * dayMs;
const algorithms = ["RS256", "ES256"] as const;
/** However often somebody renews them by hand. */
const maxKeys = 10;

const SigningKey = z.object({
  kid: z.string(),
  alg: z.enum(algorithms),
  createdAtMs: z.int(),
  jwk: z.record(z.string(), z.unknown()),
});
const KeyFile = z.object({ keys: z.array(SigningKey) });
export type SigningKey = z.infer<typeof SigningKey>;

export interface Keys {
  /** Private keys, newest first; made at the first call, renewed when they are due. */
  signing(): Promise<readonly SigningKey[]>;
  /** What there is, without making any. */
  known(): readonly SigningKey[];
  /** Durable when it resolves. */
  rotate(): Promise<void>;
}

interface KeysDeps {
  /** Made with mode 0700. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** The keys of this server in one file that only its user can read. */
export function createKeys(deps: KeysDeps): Keys {
  const path = join(deps.folder, "keys.json");
  let held: z.infer<typeof KeyFile> | undefined;
  const write = (next: z.infer<typeof KeyFile>) => {
    mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
    writeDurably(path, JSON.stringify(next));
    held = next;
    return next;
  };
  const known = () => (held ??= readKeyFile(path))?.keys ?? [];
  /** At most one at a time: whoever asks meanwhile waits for the same keys. */
  let underWay: Promise<readonly SigningKey[]> | undefined;
  const make = async () => {
    const made = await Promise.all(algorithms.map((alg) => newKey(alg, deps)));
    const nowMs = deps.clock.now();
    const kept = known().filter((key) => nowMs - key.createdAtMs < signForMs + publishForMs);
    return write({ keys: [...made, ...kept].slice(0, maxKeys) }).keys;
  };
  const renew = () =>
    (underWay ??= make().finally(() => {
      underWay = undefined;
    }));
  return {
    signing: async () => {
      const keys = known();
      const isDue = algorithms.some((alg) => {
        const newest = keys.find((key) => key.alg === alg);
        return newest === undefined || deps.clock.now() - newest.createdAtMs >= signForMs;
      });
      return isDue ? renew() : keys;
    },
    known,
    rotate: async () => void (await renew()),
  };
}

const generate = promisify(generateKeyPair);

/** In a thread: an RSA key can take a second. */
async function newKey(alg: SigningKey["alg"], { clock, random }: KeysDeps): Promise<SigningKey> {
  const { privateKey } =
    alg === "RS256" ? await generate("rsa", { modulusLength: 2048 }) : await generate("ec", { namedCurve: "P-256" });
  const kid = randomToken(random, 96);
  const jwk = privateKey.export({ format: "jwk" });
  return { kid, alg, createdAtMs: clock.now(), jwk: { ...jwk, kid, alg, use: "sig" } };
}

function readKeyFile(path: string): z.infer<typeof KeyFile> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch {
    // The cause would quote the keys.
    throw new AppError(
      "unavailable",
      `${path} is damaged. Put it back from a backup, or remove it to begin with new keys.`,
    );
  }
}

function writeDurably(path: string, text: string): void {
  const partial = `${path}.new`;
  const fd = openSync(partial, "w", 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(partial, path);
  syncFolder(dirname(path));
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
