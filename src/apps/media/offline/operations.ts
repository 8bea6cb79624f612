import type { LibraryReader } from "#apps/media/library";
import { offlineContract } from "#contract/apps/media/offline";
import { AppError } from "#platform/errors";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import { estimatedBytes } from "./choices.ts";
import { originalUrl, presentCopy } from "./present.ts";
import { type Copies, keptMs } from "./copies.ts";

interface OperationDeps {
  readonly copies: Copies;
  readonly library: Pick<LibraryReader, "seen">;
}

export function offlineUseCases({ copies, library }: OperationDeps): Implementation[] {
  const film = (context: UseCaseContext, itemId: number) => {
    const found = copies.film(context.actor, itemId);
    context.checked(`node ${found.item.nodeId}`);
    return found;
  };
  const person = ({ actor }: UseCaseContext): number => {
    if (actor.userId === null) throw new AppError("unauthenticated");
    return actor.userId;
  };
  const own = (context: UseCaseContext, copyId: number) => {
    const copy = copies.own(context.actor, copyId);
    context.checked(`item ${copy.itemId}`);
    return copy;
  };
  return implement(offlineContract, {
    "offline.options": (context, { itemId }) => {
      const { item, facts } = film(context, itemId);
      const { recipes, reason, allowsOriginal } = copies.choices(context.actor, item, facts, null);
      const usual = recipes[0]?.audio?.index;
      return {
        original: allowsOriginal ? { url: originalUrl(item), sizeBytes: item.sizeBytes } : null,
        qualities: recipes.map((recipe) => ({
          rung: recipe.rung.id,
          width: recipe.rung.width,
          height: recipe.rung.height,
          estimatedBytes: estimatedBytes(recipe, facts.durationMs),
        })),
        reason,
        audio: facts.audio.map(({ index, language, title, codec, channels }) => {
          return { index, language, title, codec, channels, isDefault: index === usual };
        }),
        keptMs,
      };
    },
    "offline.request": (context, { itemId, rung, audioIndex }) => {
      const userId = person(context);
      const { item, facts } = film(context, itemId);
      if (audioIndex !== null && !facts.audio.some(({ index }) => index === audioIndex)) {
        throw new AppError("bad-request", "The film has no such sound track.");
      }
      const { recipes, reason } = copies.choices(context.actor, item, facts, audioIndex);
      const recipe = recipes.find((one) => one.rung.id === rung);
      if (recipe === undefined) throw new AppError("bad-request", reason ?? "The film is not offered in this quality.");
      const copy = copies.request(userId, item, recipe, facts.durationMs);
      return presentCopy(copy, item, copies.making(), keptMs);
    },
    "offline.list": ({ actor }) => {
      if (actor.userId === null) return { copies: [] };
      copies.sweep();
      const listed = copies.ofPerson(actor.userId);
      const items = library.seen(actor, [...new Set(listed.map(({ itemId }) => itemId))]);
      const byId = new Map(items.map((item) => [item.id, item]));
      const now = copies.making();
      return {
        copies: listed.flatMap((copy) => {
          const item = byId.get(copy.itemId);
          if (item === undefined || (copy.state !== "failed" && !copies.allows(actor, copy))) return [];
          return [presentCopy(copy, item, now, keptMs)];
        }),
      };
    },
    "offline.cancel": (context, { id }) => {
      const userId = person(context);
      if (own(context, id).state === "ready") throw new AppError("conflict", "It is ready already; remove it instead.");
      copies.leave(userId, id);
      return {};
    },
    "offline.remove": (context, { id }) => {
      const userId = person(context);
      own(context, id);
      copies.leave(userId, id);
      return {};
    },
  });
}
