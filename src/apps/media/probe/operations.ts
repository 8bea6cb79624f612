import type { Item, LibraryReader } from "#apps/media/library";
import { AppError } from "#platform/errors";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import { probeContract } from "./contract.ts";
import type { MediaFacts } from "./types.ts";

interface OperationsDeps {
  readonly library: Pick<LibraryReader, "seen" | "item">;
  readonly access: Access;
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly again: (item: Item) => Promise<void>;
}

export function probeUseCases({ library, access, facts, again }: OperationsDeps): Implementation[] {
  const seen = (context: UseCaseContext, itemId: number): Item => {
    const [item] = library.seen(context.actor, [itemId]);
    if (item === undefined) {
      throw new AppError("not-found", "There is no such file.", { isRefusal: library.item(itemId) !== undefined });
    }
    context.checked(`node ${item.nodeId}`);
    return item;
  };
  return implement(probeContract, {
    "probe.facts": (context, { itemId }) => {
      const item = seen(context, itemId);
      return { state: item.state, reason: item.reason, facts: facts(item) ?? null };
    },
    "probe.again": async (context, { itemId }) => {
      const item = seen(context, itemId);
      access.require(context.actor, "write", { spaceId: item.spaceId, nodeId: item.nodeId });
      await again(item);
      return {};
    },
  });
}
