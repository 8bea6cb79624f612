import { AppError } from "#platform/errors";
import type { Core } from "./core.ts";
import { factsAt } from "./disk.ts";
import { acceptName, numberedName } from "./names.ts";
import type { Place } from "./types.ts";

const maxTries = 10_000;

/** The wanted name, or the first numbered one that neither the index nor the disk has. */
export function freeName(core: Core, place: Place): string {
  const wanted = acceptName(place.name);
  const folderPath = core.tree.path(place.parentId);
  for (let count = 1; count <= maxTries; count++) {
    const name = count === 1 ? wanted : numberedName(wanted, count);
    const taken =
      core.nodes.child(place.parentId, name) ??
      core.nodes.clash(place.parentId, name) ??
      factsAt(`${folderPath}/${name}`);
    if (taken === undefined) return name;
  }
  throw new AppError("exists", "There are too many files of that name.");
}
