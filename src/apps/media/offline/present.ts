import type { Item } from "#apps/media/library";
import type { OfflineCopy } from "#contract/apps/media/offline";
import type { CopyRecipe } from "./choices.ts";
import type { MakingNow } from "./making.ts";
import type { RequestedCopy } from "./repository.ts";

export const offlinePrefix = "/media/offline/";

const fileName = ({ path }: Pick<Item, "path">): string => path.slice(path.lastIndexOf("/") + 1);

/** With the name of the file at its end, under which a browser saves it. */
export function originalUrl(item: Pick<Item, "id" | "path">): string {
  return `/media/items/${item.id}/file/${encodeURIComponent(fileName(item))}`;
}

/** `Some film (720p).mp4` */
export function copyName(item: Pick<Item, "path">, { rung }: CopyRecipe): string {
  return `${fileName(item).replace(/\.[^.]{1,5}$/, "")} (${rung.id}).mp4`;
}

export function presentCopy(copy: RequestedCopy, item: Item, now: MakingNow | undefined, keptMs: number): OfflineCopy {
  const recipe = JSON.parse(copy.recipe) as CopyRecipe;
  const making = copy.state === "making" && now?.copyId === copy.id ? now : undefined;
  const isReady = copy.state === "ready";
  return {
    id: copy.id,
    itemId: copy.itemId,
    name: copyName(item, recipe),
    rung: recipe.rung.id,
    audioIndex: recipe.audio?.index ?? null,
    state: making?.isPaused === true ? "paused" : copy.state,
    reason: copy.reason,
    progress: isReady ? 1 : (making?.progress ?? 0),
    leftMs: making?.leftMs ?? null,
    sizeBytes: copy.sizeBytes,
    url: isReady ? `${offlinePrefix}${copy.id}/file` : null,
    requestedAtMs: copy.atMs,
    expiresAtMs: copy.readyAtMs === null ? null : copy.readyAtMs + keptMs,
  };
}
