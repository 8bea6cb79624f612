import { AppError } from "#platform/errors";
import { createInotify, type Inotify } from "#platform/inotify";
import { type Core, spaceOf } from "./core.ts";
import { folderKind } from "./nodes.ts";
import { reindexEntry } from "./reindex.ts";

/** Notices are gathered for so long before the index looks; a burst on one file is one look. */
const debounceMs = 50;
/** One slice of entries between two answers to requests. */
const maxEntriesPerSlice = 500;

interface WatcherDeps {
  readonly core: Core;
  /** Folders to be listed as a whole. */
  readonly enqueue: (folderId: number) => void;
  readonly enqueueAll: () => void;
}

/** Turns the kernel's notices into looks at single entries. */
export function createWatcher(deps: WatcherDeps) {
  const { core } = deps;
  const folderOf = new Map<number, number>();
  const watchOf = new Map<number, number>();
  let dirty = new Map<number, Set<string>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let limitReported = false;
  let inotify: Inotify | undefined;
  try {
    inotify = createInotify(() => schedule());
  } catch (cause) {
    core.log.warn("changes made behind Hearth's back are seen only by the regular pass", { cause });
  }

  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      gather();
      look();
    }, debounceMs);
  };

  const gather = () => {
    for (const event of inotify?.drain() ?? []) {
      if (event.overflow) {
        core.log.warn("the kernel dropped change notices; every folder is looked at again");
        deps.enqueueAll();
        continue;
      }
      const folderId = folderOf.get(event.watch);
      if (folderId === undefined) continue;
      if (event.ended) {
        folderOf.delete(event.watch);
        watchOf.delete(folderId);
      } else if (event.name !== "") {
        const names = dirty.get(folderId);
        if (names === undefined) dirty.set(folderId, new Set([event.name]));
        else names.add(event.name);
      }
    }
  };

  /** Looks at a slice of what is dirty and comes back for the rest. */
  const look = () => {
    const slice = takeSlice();
    if (slice.size === 0) return;
    try {
      core.committer.now((batch) => {
        for (const [folderId, names] of slice) {
          const folder = core.nodes.get(folderId);
          if (folder === undefined || !core.tree.isVisible(folder)) continue;
          spaceOf(core, folder).volume.requireOnline();
          const path = core.tree.path(folderId);
          for (const name of names) {
            reindexEntry(core, batch, folder, path, name);
            const child = core.nodes.child(folderId, name);
            if (child?.kind === folderKind && !watchOf.has(child.id)) deps.enqueue(child.id);
          }
        }
      });
    } catch (cause) {
      // An offline disk is reported once, by the check of the volumes.
      const level = cause instanceof AppError ? "debug" : "error";
      core.log[level]("a change on the disk could not be indexed; its folder is listed again", { cause });
      for (const folderId of slice.keys()) deps.enqueue(folderId);
    }
    if (dirty.size > 0) setImmediate(look);
  };

  const takeSlice = () => {
    const slice = new Map<number, Set<string>>();
    let count = 0;
    for (const [folderId, names] of dirty) {
      const room = maxEntriesPerSlice - count;
      if (room === 0) break;
      const taken = names.size <= room ? names : new Set(names.values().take(room));
      slice.set(folderId, taken);
      count += taken.size;
      if (taken === names) dirty.delete(folderId);
      else for (const name of taken) names.delete(name);
    }
    return slice;
  };

  return {
    watch: (folderId: number, path: string) => {
      if (inotify === undefined) return;
      const watch = inotify.add(path);
      if (watch === undefined) {
        if (!limitReported)
          core.log.warn("the limit of watched folders is reached (fs.inotify.max_user_watches)", {
            watched: watchOf.size,
          });
        limitReported = true;
        return;
      }
      // Another directory may stand under this name by now; the old one's watch may have found a new folder already.
      const before = watchOf.get(folderId);
      if (before !== undefined && before !== watch && folderOf.get(before) === folderId) folderOf.delete(before);
      folderOf.set(watch, folderId);
      watchOf.set(folderId, watch);
    },
    isMissing: (folderId: number) => inotify !== undefined && !limitReported && !watchOf.has(folderId),
    /** Takes in, now, what the kernel has noticed. */
    catchUp: () => {
      gather();
      for (let slices = 0; dirty.size > 0 && slices < 1000; slices++) look();
    },
    forget: (folderIds: readonly number[]) => {
      for (const folderId of folderIds) {
        const watch = watchOf.get(folderId);
        if (watch === undefined) continue;
        inotify?.remove(watch);
        watchOf.delete(folderId);
        folderOf.delete(watch);
      }
    },
    watchedFolders: () => watchOf.size,
    stop: () => {
      clearTimeout(timer);
      dirty = new Map();
      inotify?.close();
    },
  };
}

export type Watcher = ReturnType<typeof createWatcher>;
