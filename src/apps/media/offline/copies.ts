import type { Item } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { choicesFor, copyKey, type CopyRecipe, estimatedBytes } from "./choices.ts";
import { offlineMake } from "./jobs.ts";
import { type Making, reserveBytes } from "./making.ts";
import type { OfflineDeps } from "./ports.ts";
import type { OfflineRows, RequestedCopy } from "./repository.ts";
import type { Shelf } from "./shelf.ts";

export type Copies = ReturnType<typeof createCopies>;

const dayMs = 86_400_000;
export const keptMs = 14 * dayMs;

interface CopiesDeps extends OfflineDeps {
  readonly rows: OfflineRows;
  readonly shelf: Shelf;
  readonly making: Making;
}

/** What people may do with copies; every call asks for their rights anew. */
export function createCopies(deps: CopiesDeps) {
  const { rows, shelf, making, library, probe, clock, db } = deps;

  /** A film that somebody may see, and what is known of it. */
  const film = (actor: Actor, itemId: number): { readonly item: Item; readonly facts: MediaFacts } => {
    const [item] = library.seen(actor, [itemId]);
    if (item === undefined || item.kind !== "video") {
      throw new AppError("not-found", "There is no such film.", { isRefusal: library.item(itemId) !== undefined });
    }
    const facts = item.state === "broken" ? undefined : probe.facts(item);
    if (item.state === "broken") throw new AppError("unsupported-type", item.reason ?? "This file is damaged.");
    if (facts === undefined || item.contentKey === null) {
      throw new AppError("unavailable", "This file is still being looked into; try again in a moment.");
    }
    return { item, facts };
  };
  const choices = (actor: Actor, item: Item, facts: MediaFacts, audioIndex: number | null) => {
    const limits = actor.userId === null ? undefined : deps.limitsOf(actor.userId);
    return choicesFor(item, facts, limits, { audioIndex, allowsTranscoding: deps.transcoding });
  };
  /** Whether somebody may still have this copy: they see the film, it is that content, and their limits allow the quality. */
  const allows = (actor: Actor, { itemId, contentKey, recipe: json }: RequestedCopy): boolean => {
    const [item] = library.seen(actor, [itemId]);
    const facts = item === undefined ? undefined : probe.facts(item);
    if (item === undefined || facts === undefined || item.contentKey !== contentKey) return false;
    const { rung, audio } = JSON.parse(json) as CopyRecipe;
    const limits = actor.userId === null ? undefined : deps.limitsOf(actor.userId);
    const { recipes } = choicesFor(item, facts, limits, { audioIndex: audio?.index ?? null, allowsTranscoding: true });
    return recipes.some((one) => one.rung.id === rung.id);
  };
  const own = (actor: Actor, copyId: number): RequestedCopy => {
    const copy = actor.userId === null ? undefined : rows.own(actor.userId, copyId);
    if (copy !== undefined) return copy;
    throw new AppError("not-found", "There is no such copy.", { isRefusal: rows.find(copyId) !== undefined });
  };
  const requireRoom = (bytes: number): void => {
    sweep();
    const usedBytes = rows.usedBytes();
    if (shelf.freeBytes() - reserveBytes < bytes) {
      throw new AppError("disk-full", "The disk of the server has no room for this copy. Choose a lower quality.");
    }
    if (usedBytes + bytes > shelf.budgetBytes(usedBytes)) {
      const help = "Remove copies that nobody needs any more, or choose a lower quality.";
      throw new AppError("quota-exceeded", `The space for offline copies is used up. ${help}`);
    }
  };
  const sweep = (): void => {
    for (const { id } of rows.outdated(clock.now() - keptMs)) {
      making.giveUp(id);
      rows.forget(id);
      shelf.remove(id);
    }
  };
  const wake = (): void => {
    if (!making.isRunning()) deps.enqueue(offlineMake, {});
  };

  return {
    film,
    choices,
    allows,
    own,
    sweep,
    wake,
    making: making.now,
    pathOf: shelf.pathOf,
    hasFile: shelf.has,
    ofPerson: rows.ofPerson,
    /** The copy of this recipe, made or to be made. */
    request: (userId: number, item: Item, recipe: CopyRecipe, durationMs: number | null): RequestedCopy => {
      const key = copyKey(item.contentKey ?? "", deps.storage.node(item.nodeId)?.sha1 ?? null, recipe);
      const sizeBytes = estimatedBytes(recipe, durationMs);
      const known = rows.findByKey(key);
      const isLost = known?.state === "ready" && !shelf.has(known.id);
      if (known === undefined || known.state === "failed" || isLost) requireRoom(sizeBytes);
      const copyId = db.transaction(() => {
        const nowMs = clock.now();
        const before = rows.findByKey(key);
        const id = before?.id ?? rows.add(key, item.contentKey ?? "", JSON.stringify(recipe), sizeBytes, nowMs);
        if (before !== undefined && (before.state === "failed" || isLost)) rows.again(id, sizeBytes, nowMs);
        rows.request(id, userId, item.id, nowMs);
        return id;
      });
      if (rows.find(copyId)?.state === "waiting") wake();
      const copy = rows.own(userId, copyId);
      if (copy === undefined) throw new AppError("internal");
      return copy;
    },
    /** Nobody else wants it: its file goes too. */
    leave: (userId: number, copyId: number): void => {
      rows.drop(userId, copyId);
      sweep();
    },
  };
}
