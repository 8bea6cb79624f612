import type { Item, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { AppError } from "#platform/errors";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import { extrasContract } from "./contract.ts";
import type { Preparation } from "./preparing.ts";
import { presentExtras } from "./present.ts";
import type { ExtraRows } from "./repository.ts";
import type { Sidecar } from "./sidecars.ts";

interface OperationsDeps {
  readonly library: Pick<LibraryReader, "seen" | "item" | "library">;
  readonly access: Access;
  readonly rows: ExtraRows;
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly sidecarsOf: (film: Item) => readonly Sidecar[];
  readonly preparation: Pick<Preparation, "prepare">;
  readonly makeFirst: (itemId: number) => void;
}

export function extrasUseCases(deps: OperationsDeps): Implementation[] {
  const { library, access } = deps;
  const seen = (context: UseCaseContext, itemId: number): Item => {
    const [item] = library.seen(context.actor, [itemId]);
    if (item === undefined) {
      throw new AppError("not-found", "There is no such file.", { isRefusal: library.item(itemId) !== undefined });
    }
    context.checked(`node ${item.nodeId}`);
    return item;
  };
  return implement(extrasContract, {
    "extras.get": (context, { itemId }) => {
      const item = seen(context, itemId);
      const sidecars = deps.sidecarsOf(item);
      // A subtitle file may have rights of its own.
      const ids = new Set(
        library
          .seen(
            context.actor,
            sidecars.map((one) => one.item.id),
          )
          .map(({ id }) => id),
      );
      const own = sidecars.filter((one) => ids.has(one.item.id));
      return presentExtras(library, deps.rows, item, deps.facts(item), own);
    },
    "extras.prepare": (context, { itemId, isAnew }) => deps.preparation.prepare(seen(context, itemId), isAnew),
    "extras.make": (context, { itemId }) => {
      const item = seen(context, itemId);
      access.require(context.actor, "write", { spaceId: item.spaceId, nodeId: item.nodeId });
      deps.makeFirst(item.id);
      return {};
    },
  });
}
