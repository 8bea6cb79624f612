import { shrunk } from "./pictures.ts";
import type { AlbumDetails, AlbumQuery, Provider } from "./types.ts";

/** Albums as catalogues know them. Both throw `unavailable` when a catalogue cannot be asked now. */
export interface AlbumCatalogues {
  /** Null: none has it, or nothing is clear enough. */
  find(query: AlbumQuery, signal: AbortSignal): Promise<AlbumDetails | null>;
  /** The picture at this address, made anew as WebP; null: there is none, or it is no photograph. */
  cover(url: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

const coverPixels = 1024;

/** Undefined while no catalogue that knows albums is on: then nothing is asked. */
export function createAlbumCatalogues(providers: readonly Provider[]): AlbumCatalogues | undefined {
  const those = providers.filter(({ album }) => album !== undefined);
  if (those.length === 0) return undefined;
  return {
    find: async (query, signal) => {
      for (const provider of those) {
        const details = await provider.album?.(query, signal);
        if (details) return details;
      }
      return null;
    },
    cover: async (url, signal) => {
      const provider = those.find(({ hosts }) => hosts.includes(new URL(url).hostname));
      const bytes = await provider?.picture(url, signal);
      return bytes ? shrunk(bytes, coverPixels) : null;
    },
  };
}
