import type { placesContract } from "#contract/apps/files/places";
import { AppError } from "#platform/errors";
import type { Handlers } from "#platform/usecase";
import { RemoteOffline } from "#storage/external";
import type { Directory } from "./directory.ts";
import { cleanPath, nameOf, parentOf } from "./paths.ts";
import { type PresentPlace, presentEntry, sorted } from "./present.ts";
import type { PlaceRights } from "./rights.ts";
import type { PlaceStates } from "./states.ts";

export interface FileDeps {
  readonly rights: PlaceRights;
  readonly directory: Directory;
  readonly states: PlaceStates;
  readonly present: PresentPlace;
}

type Names = "places.browse" | "places.makeFolder" | "places.move" | "places.remove";

/** An answer must come before a browser or a proxy gives up; the work goes on. */
const answerWithinMs = 40_000;
const retryFirstMs = 5_000;

/** Looking into places and changing what is there. */
export function fileHandlers(deps: FileDeps): Pick<Handlers<typeof placesContract>, Names> {
  const { rights, directory, states, present } = deps;
  return {
    "places.browse": async (context, { id, path, offset, limit, sort, descending, fresh }) => {
      const place = rights.readable(context.actor, id);
      context.checked();
      try {
        const { entries, seenAtMs } = await directory.list(place, cleanPath(path), fresh);
        const page = sorted(entries, sort, descending).slice(offset, offset + limit);
        const state = present(place, context.actor);
        return { status: "online", place: state, entries: page.map(presentEntry), total: entries.length, seenAtMs };
      } catch (thrown) {
        if (!(thrown instanceof RemoteOffline)) throw thrown;
        const retryAfterMs = Math.max(retryFirstMs, states.pauseLeftMs(id));
        return { status: "offline", place: present(place, context.actor), retryAfterMs };
      }
    },
    "places.makeFolder": async (context, { id, path }) => {
      const place = rights.writable(context.actor, id);
      context.checked(`place ${id}`);
      const clean = cleanPath(path);
      await directory.change(place, (remote) => remote.makeFolder(clean));
      return {};
    },
    "places.move": async (context, { id, from, to }) => {
      const place = rights.writable(context.actor, id);
      context.checked(`place ${id}`);
      const [source, target] = [cleanPath(from), cleanPath(to)];
      if (target === source || target.startsWith(`${source}/`)) {
        throw new AppError("conflict", "A folder cannot be moved into itself.");
      }
      const { kind } = await directory.entry(place, source);
      const parent = parentOf(target);
      if (parent !== "" && (await directory.entry(place, parent)).kind !== "folder") throw new AppError("conflict");
      return soon(directory.change(place, (remote) => remote.move(source, target, kind)));
    },
    "places.remove": async (context, { id, path, confirmName }) => {
      const place = rights.writable(context.actor, id);
      context.checked(`place ${id}`);
      const clean = cleanPath(path);
      const { kind } = await directory.entry(place, clean);
      if (kind === "folder" && confirmName !== nameOf(clean)) {
        throw new AppError(
          "bad-request",
          `Deleting a folder here cannot be undone: its name, ${nameOf(clean)}, is needed.`,
        );
      }
      const remove = kind === "folder" ? "removeFolder" : "removeFile";
      return soon(directory.change(place, (remote) => remote[remove](clean)));
    },
  };
}

/** Whether it was done in time. A failure that comes later is seen in the next listing. */
async function soon(work: Promise<void>): Promise<{ done: boolean }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), answerWithinMs);
  });
  work.catch(() => undefined);
  try {
    return { done: await Promise.race([work.then(() => true), late]) };
  } finally {
    clearTimeout(timer);
  }
}
