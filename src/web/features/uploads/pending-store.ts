import { orphans, type PendingUpload } from "./resume.ts";

const databaseName = "hearth-uploads";
const storeName = "pending";
const askAliveMs = 300;
/** A record older than this has expired on the server too. */
const keepMs = 7 * 24 * 3600 * 1000;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(storeName, { keyPath: "key" }).createIndex("scope", "scope");
    });
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the browser's database does not open")));
  });
}

function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () =>
      reject(transaction.error ?? new Error("the browser's database refused")),
    );
  });
}

export interface PendingStore {
  save(changes: { readonly put: readonly PendingUpload[]; readonly remove: readonly string[] }): void;
  /** What earlier pages of this scope left, and no open tab works on. */
  load(scope: string): Promise<PendingUpload[]>;
}

/**
 * Unfinished uploads in IndexedDB. A browser that keeps nothing (private window, full disk) still uploads; only the memory over
 * a reload is lost.
 */
export function createPendingStore(owner: string, nowMs: () => number): PendingStore {
  const database = open();
  const channel = new BroadcastChannel("hearth-uploads");
  channel.addEventListener("message", (event: MessageEvent<{ ask?: true; alive?: string }>) => {
    if (event.data.ask) channel.postMessage({ alive: owner });
  });
  let queue: Promise<unknown> = database.catch(() => undefined);

  async function write(changes: Parameters<PendingStore["save"]>[0]): Promise<void> {
    const transaction = (await database).transaction(storeName, "readwrite");
    const store = transaction.objectStore(storeName);
    for (const record of changes.put) store.put(record);
    for (const key of changes.remove) store.delete(key);
    await settled(transaction);
  }

  async function readAll(scope: string): Promise<PendingUpload[]> {
    const transaction = (await database).transaction(storeName, "readonly");
    const request: IDBRequest<PendingUpload[]> = transaction.objectStore(storeName).index("scope").getAll(scope);
    await settled(transaction);
    return request.result;
  }

  const save: PendingStore["save"] = (changes) => {
    queue = queue.then(() => write(changes)).catch(() => undefined);
  };

  return {
    save,
    async load(scope) {
      const records = await readAll(scope).catch(() => []);
      if (records.length === 0) return [];
      const old = records.filter((record) => nowMs() - record.addedAtMs > keepMs);
      if (old.length > 0) save({ put: [], remove: old.map((record) => record.key) });
      const alive = await othersAlive(channel);
      return orphans(
        records.filter((record) => !old.includes(record)),
        alive,
      ).toSorted((a, b) => a.addedAtMs - b.addedAtMs);
    },
  };
}

/** Ask the other tabs who is there. */
function othersAlive(channel: BroadcastChannel): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const alive = new Set<string>();
    const hear = (event: MessageEvent<{ alive?: string }>): void => {
      if (event.data.alive) alive.add(event.data.alive);
    };
    channel.addEventListener("message", hear);
    channel.postMessage({ ask: true });
    setTimeout(() => {
      channel.removeEventListener("message", hear);
      resolve(alive);
    }, askAliveMs);
  });
}
