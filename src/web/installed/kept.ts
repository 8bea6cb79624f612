const databaseName = "hearth-offline";
const storeName = "state";
const key = "last";

/** One value in the browser's database. A browser that keeps nothing loses only the memory over a start without the server. */
export interface Kept<T> {
  load(): Promise<T | undefined>;
  save(value: T): Promise<void>;
  clear(): Promise<void>;
}

export function createKept<T>(): Kept<T> {
  const database = open();
  database.catch(() => undefined);
  const act = async <R>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | undefined> => {
    try {
      const request = work((await database).transaction(storeName, mode).objectStore(storeName));
      return await result(request);
    } catch {
      return undefined;
    }
  };
  return {
    load: () => act<T>("readonly", (store) => store.get(key)),
    save: async (value) => {
      await act("readwrite", (store) => store.put(value, key));
    },
    clear: () => act("readwrite", (store) => store.delete(key)),
  };
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(storeName));
  return result(request);
}

function result<R>(request: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the browser's database refused")));
  });
}
