import { AppError } from "#platform/errors";

/** The one place where passwords of people and of links are turned into hashes. */
export interface PasswordHasher {
  /** PHC string of argon2id. Throws `too-many-requests` when too many wait already. */
  hash(password: string): Promise<string>;
  /** Without a hash (nobody of that name) the same work is done in vain, so that the time tells nothing. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** True when the hash was made with other costs than today's. */
  isOutdated(hash: string): boolean;
}

interface HasherOptions {
  readonly memoryKib?: number;
  readonly passes?: number;
  /** Hashes worked on at the same time; each takes `memoryKib` and a core. */
  readonly concurrency?: number;
  /** Callers that may wait; whoever comes after them is refused at once. */
  readonly maxWaiting?: number;
}

/** OWASP's advice (2026) is 19 MiB and 2 passes; a household logs in seldom, so it can afford 64 MiB and 3. */
export function createPasswordHasher(options: HasherOptions = {}): PasswordHasher {
  const { memoryKib = 65_536, passes = 3, concurrency = 2, maxWaiting = 32 } = options;
  const cost = { algorithm: "argon2id", memoryCost: memoryKib, timeCost: passes } as const;
  const prefix = `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`;
  // Well-formed, of today's cost, and the hash of no known password.
  const nobodysHash = `${prefix}${phcBase64(1)}$${phcBase64(2)}`;
  const inTurn = createSemaphore(concurrency, maxWaiting);
  return {
    hash: (password) => inTurn(() => Bun.password.hash(canonical(password), cost)),
    verify: (password, hash) =>
      // The empty password is answered without work by the runtime; no account has it.
      inTurn(() => Bun.password.verify(password === "" ? "-" : canonical(password), hash ?? nobodysHash)).then(
        (matches) => matches && hash !== undefined && password !== "",
      ),
    isOutdated: (hash) => !hash.startsWith(prefix),
  };
}

/** Keyboards differ in how they compose letters (RFC 8265, OpaqueString). */
function canonical(password: string): string {
  return password.normalize("NFC");
}

/** 32 equal bytes in base64 without padding, as PHC strings have it. */
function phcBase64(byte: number): string {
  return Buffer.alloc(32, byte).toString("base64").replaceAll("=", "");
}

function createSemaphore(concurrency: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < concurrency) {
      running++;
    } else {
      if (waiting.length >= maxWaiting) throw new AppError("too-many-requests", "Too many log in at once; try again.");
      // Whoever finishes hands over the place, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
