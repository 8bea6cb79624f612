import { Database } from "bun:sqlite";
import { parentPort, workerData } from "node:worker_threads";

const { path } = workerData as { path: string };
const sqlite = new Database(path, { readonly: true });
const rows = sqlite.query<{ quick_check: string }, []>("PRAGMA quick_check(10)").all();
sqlite.close();
parentPort?.postMessage(rows.map((row) => row.quick_check).filter((line) => line !== "ok"));
