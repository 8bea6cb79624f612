import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentOf, hashOf } from "../../system/crash/content.ts";
import type { Dice } from "../../system/crash/client.ts";
import type { System } from "../../system/support.ts";
import { filesBelow } from "../../system/walk.ts";

const maxBytes = 6000;

/**
 * Every content that somebody wrote and nobody destroyed on purpose, by its hash. All contents are different, so that each can be
 * told wherever it turns up: as a file, a conflict file, a version or in the trash.
 */
export interface Ledger {
  /** Bytes that nobody has written before. */
  fresh(dice: Dice): Uint8Array<ArrayBuffer>;
  /** Acknowledged, or saved by a person on their own disk: from now on it must be somewhere. */
  keep(bytes: Uint8Array): void;
  /** Overwritten or removed where nothing keeps what was there. */
  forgive(hash: string): void;
  /** Destroyed on a client: lost on purpose unless the server had it at the last look, because then that must keep it. */
  forgiveIfOnlyHere(hash: string): void;
  /**
   * Kept contents that are gone, as lines: from the server with its versions and its trash, where it had them at the last look; else
   * from there and from these folders.
   */
  missing(server: Pick<System, "volumePath" | "homePath">, folders: readonly string[]): string[];
}

export function createLedger(tell: (line: string) => void): Ledger {
  const kept = new Map<string, string>();
  let onServer = new Set<string>();
  let last = 0;
  const forgive = (hash: string) => {
    if (kept.has(hash)) tell(`  destroyed: ${kept.get(hash)}`);
    kept.delete(hash);
  };
  return {
    fresh: (dice) => new Uint8Array(contentOf(++last, 64 + dice.below(maxBytes))),
    keep: (bytes) => {
      kept.set(hashOf(bytes), firstLine(bytes));
      tell(`  kept: ${firstLine(bytes)}`);
    },
    forgive,
    forgiveIfOnlyHere: (hash) => {
      if (!onServer.has(hash)) forgive(hash);
    },
    missing: (server, folders) => {
      const there = hashesBelow(serverFolders(server));
      const here = hashesBelow(folders);
      const lines = [...kept].flatMap(([hash, line]) => {
        if (there.has(hash)) return [];
        if (onServer.has(hash)) return [`lost by the server: ${line}`];
        return here.has(hash) ? [] : [`lost: ${line}`];
      });
      onServer = there;
      return lines;
    },
  };
}

function serverFolders({ homePath, volumePath }: Pick<System, "volumePath" | "homePath">): string[] {
  return [homePath, join(volumePath, ".hearth/trash"), join(volumePath, ".hearth/versions")].filter(existsSync);
}

/** Files may go while they are read. */
function hashesBelow(folders: readonly string[]): Set<string> {
  const hashes = new Set<string>();
  for (const path of folders.flatMap(filesBelow)) {
    try {
      hashes.add(hashOf(readFileSync(path)));
    } catch {
      // It is in another place by now, which is looked at too, or is the next time.
    }
  }
  return hashes;
}

function firstLine(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1", 0, 64).trim();
}
