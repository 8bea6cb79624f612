import { type LibraryView, libraryContract } from "#contract/apps/media/library";
import { AppError } from "#platform/errors";
import type { Jobs } from "#platform/jobs";
import { type Actor, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Clock } from "#platform/clock";
import type { Libraries } from "./libraries.ts";
import { createListing } from "./listing.ts";
import { createPresent, type PresentDeps } from "./present.ts";
import type { ItemRows, LibraryRow } from "./repository.ts";
import type { ScanRow } from "./scan-rows.ts";
import { type Touched, touch } from "./taking.ts";

interface OperationsDeps extends PresentDeps {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly items: ItemRows;
  readonly jobs: () => Pick<Jobs, "cancel">;
  /** Adds a scan, as a part of the transaction under way. */
  readonly scan: (libraryId: number, isFull?: boolean) => void;
  readonly changed: (touched: Touched, isOfLibraries: boolean) => void;
}

function isUnderWay(scan: ScanRow | undefined): scan is ScanRow {
  return scan?.state === "running" || scan?.state === "waiting";
}

export function libraryOperations(deps: OperationsDeps): readonly Implementation[] {
  const { db, libraries, storage, access } = deps;
  const present = createPresent(deps);
  const { canManage, canRead } = present;
  const listing = createListing({ ...deps, present });

  /** Throws `not-found` also for one of which the actor may know nothing. */
  const requireShown = ({ actor, checked }: UseCaseContext, libraryId: number) => {
    const library = libraries.get(libraryId);
    const tallies = present.talliesOf(actor).get(libraryId) ?? [];
    const isShown = library !== undefined && (canRead(actor, library) || tallies.length > 0);
    if (!isShown) throw new AppError("not-found", "There is no such library.", { isRefusal: library !== undefined });
    checked(`library ${libraryId}`);
    return { library, tallies };
  };
  const requireManaged = (context: UseCaseContext, libraryId: number): LibraryRow => {
    const { library } = requireShown(context, libraryId);
    if (!canManage(context.actor, library)) {
      throw new AppError("forbidden", "Only managers of its space may change a library.");
    }
    return library;
  };
  const viewOf = (actor: Actor, libraryId: number): { library: LibraryView } => {
    const library = libraries.get(libraryId);
    if (library === undefined) throw new AppError("not-found");
    return { library: present.view(actor, library, present.talliesOf(actor).get(libraryId) ?? []) };
  };
  /** Runs a change of libraries; what is in memory follows the database also when it fails. */
  const change = async <T>(work: () => T): Promise<T> => {
    try {
      const result = db.transaction(work);
      await db.sync();
      deps.changed(new Map(), true);
      return result;
    } catch (error) {
      libraries.load();
      throw error;
    }
  };
  const requireFree = (folderId: number, exceptId?: number) => {
    const other = libraries.inTheWay(folderId, exceptId);
    if (other === undefined) return;
    throw new AppError(
      "conflict",
      `A library cannot lie in another one; "${other.name}" is in the way. Switch it off first.`,
    );
  };

  return implement(libraryContract, {
    "libraries.list": ({ actor }, { kind }) => {
      const tallies = present.talliesOf(actor);
      const shown = libraries
        .all()
        .filter((library) => (kind === undefined || library.kind === kind) && isListed(actor, library));
      return { libraries: shown.map((library) => present.view(actor, library, tallies.get(library.id) ?? [])) };

      function isListed(person: Actor, library: LibraryRow): boolean {
        if (!library.isOn) return canManage(person, library);
        return canRead(person, library) || (tallies.get(library.id)?.length ?? 0) > 0;
      }
    },
    "libraries.get": (context, { libraryId }) => {
      requireShown(context, libraryId);
      return viewOf(context.actor, libraryId);
    },
    "libraries.create": async (context, { folderId, kind, name }) => {
      const { actor } = context;
      const folder = storage.node(folderId);
      const at = folder && { spaceId: folder.spaceId, nodeId: folder.id };
      if (at === undefined || folder?.kind !== "folder" || !access.can(actor, "read", at)) {
        throw new AppError("not-found", "There is no such folder.", { isRefusal: folder !== undefined });
      }
      context.checked(`node ${folderId}`);
      if (!access.can(actor, "manage", at) && !actor.capabilities.has("server.manage")) {
        throw new AppError("forbidden", "Only managers of a space make libraries in it.");
      }
      const id = await change(() => {
        requireFree(folderId);
        const known = libraries.ofFolder(folderId);
        const label = name ?? known?.name ?? folder.name;
        const shown = label === "" ? storage.space(folder.spaceId).name : label;
        if (known !== undefined) libraries.update({ ...known, kind, name: shown, isOn: true, removedAtMs: null });
        const libraryId = known?.id ?? libraries.create(folder, kind, shown, false).id;
        deps.scan(libraryId, known !== undefined && known.kind !== kind);
        return libraryId;
      });
      return viewOf(actor, id);
    },
    "libraries.update": async (context, { libraryId, name, kind, isOn }) => {
      const library = requireManaged(context, libraryId);
      if (library.removedAtMs !== null && isOn === undefined) {
        throw new AppError("conflict", "The library was removed; bring it back first.");
      }
      await change(() => {
        const set = { name: name ?? library.name, kind: kind ?? library.kind, isOn: isOn ?? library.isOn };
        const next = { ...library, ...set, removedAtMs: null };
        if (next.isOn && !library.isOn) requireFree(library.folderId, libraryId);
        libraries.update(next);
        if (next.isOn && (!library.isOn || next.kind !== library.kind))
          deps.scan(libraryId, next.kind !== library.kind);
      });
      return viewOf(context.actor, libraryId);
    },
    "libraries.remove": async (context, { libraryId }) => {
      const library = requireManaged(context, libraryId);
      // Put away, it would be made again for its folder's name.
      const isRemade = library.isAutomatic && storage.node(library.folderId) !== undefined;
      const removedAtMs = isRemade ? null : (library.removedAtMs ?? deps.clock.now());
      const scan = deps.scans.get(libraryId);
      if (scan?.jobId != null) deps.jobs().cancel(scan.jobId);
      await change(() => {
        libraries.update({ ...library, isOn: false, removedAtMs });
        if (isUnderWay(scan)) deps.scans.save({ ...scan, state: "cancelled", finishedAtMs: deps.clock.now() });
      });
      return {};
    },
    "libraries.scan": async (context, { libraryId, retryBroken }) => {
      const library = requireManaged(context, libraryId);
      if (!library.isOn) throw new AppError("conflict", "The library is switched off; switch it on first.");
      storage.requireOnline(library.spaceId);
      const touched: Touched = new Map();
      await change(() => {
        if (retryBroken) for (const id of deps.items.retryBroken(libraryId)) touch(touched, libraryId, id);
        deps.scan(libraryId);
      });
      deps.changed(touched, true);
      return {};
    },
    "libraries.cancel": async (context, { libraryId }) => {
      requireManaged(context, libraryId);
      const scan = deps.scans.get(libraryId);
      if (!isUnderWay(scan)) return {};
      // First it is told to end, so that it notes nothing any more.
      if (scan.jobId !== null) deps.jobs().cancel(scan.jobId);
      await change(() => deps.scans.save({ ...scan, state: "cancelled", finishedAtMs: deps.clock.now() }));
      return {};
    },
    "libraries.items": (context, input) => {
      requireShown(context, input.libraryId);
      return listing(context.actor, input);
    },
    "libraries.problems": (context, input) => {
      if (input.libraryId !== undefined) requireShown(context, input.libraryId);
      return listing(context.actor, { ...input, state: "broken" });
    },
  });
}
