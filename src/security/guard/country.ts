import { readFileSync, statSync } from "node:fs";
import type { CountryResponse, Reader } from "mmdb-lib";
import { errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { Notice } from "./contract.ts";

export interface Countries {
  /** Reads the file when it is another than was read; to be called when a rule asks for countries. Throws never. */
  load(): Promise<void>;
  /** ISO 3166 code; null when there is no file or the file does not know. */
  of(address: string): string | null;
  /** What is wrong with the file. */
  notice(nowMs: number): Notice | undefined;
}

/** Larger files are not of countries. */
const maxFileBytes = 256 * 1024 * 1024;
const oldAfterMs = 180 * 86_400_000;

type State =
  | { readonly kind: "unread" | "missing" }
  | { readonly kind: "unreadable"; readonly why: string }
  | {
      readonly kind: "open";
      readonly reader: Reader<CountryResponse>;
      readonly builtAtMs: number;
      /** Of the file that was read. */
      readonly changedAtMs: number;
    };

/** Countries by a MaxMind database that the person put at `path`: nothing is asked over the network. */
export function createCountries(path: string, log: Logger): Countries {
  let state: State = { kind: "unread" };
  const read = async (): Promise<State> => {
    try {
      const { size, mtimeMs } = statSync(path);
      if (size > maxFileBytes) return { kind: "unreadable", why: "it is too large" };
      if (state.kind === "open" && state.changedAtMs === mtimeMs) return state;
      const { Reader } = await import("mmdb-lib");
      const reader = new Reader<CountryResponse>(readFileSync(path));
      return { kind: "open", reader, builtAtMs: reader.metadata.buildEpoch.getTime(), changedAtMs: mtimeMs };
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return { kind: "missing" };
      log.warn("the country file cannot be read", { path, cause });
      return { kind: "unreadable", why: errnoOf(cause) ?? "it is no MaxMind database" };
    }
  };
  return {
    load: async () => {
      state = await read();
    },
    of: (address) => {
      if (state.kind !== "open") return null;
      try {
        const found = state.reader.get(address);
        return found?.country?.iso_code ?? found?.registered_country?.iso_code ?? null;
      } catch {
        return null;
      }
    },
    notice: (nowMs) => {
      if (state.kind === "open") {
        if (nowMs - state.builtAtMs < oldAfterMs) return undefined;
        const date = new Date(state.builtAtMs).toISOString().slice(0, 10);
        const message = `The country file is of ${date}: countries of addresses may have changed.`;
        return { id: "country-file-old", severity: "info", message };
      }
      const help = `Put a country database (.mmdb) at ${path} and save the rules again. Until then rules with countries never match.`;
      if (state.kind === "unreadable") {
        return {
          id: "country-file-unreadable",
          severity: "warning",
          message: `The country file: ${state.why}. ${help}`,
        };
      }
      return { id: "country-file-missing", severity: "warning", message: `Rules ask for countries. ${help}` };
    },
  };
}
