import type { LibraryView } from "#contract/apps/media/library";
import { inOrder } from "#web/features/libraries/order.ts";
import { watchLimits as t } from "#web/strings/watch-limits.ts";

type Known = Pick<LibraryView, "id" | "kind" | "name" | "spaceName" | "forgottenAtMs">;

/** What can be chosen, and what was: a removed library may be brought back, and one that is gone for good can be taken out. */
export function libraryChoices(libraries: readonly Known[], chosenIds: readonly number[]) {
  const offered = inOrder(libraries).filter(
    ({ id, forgottenAtMs }) => forgottenAtMs === null || chosenIds.includes(id),
  );
  const lost = chosenIds.filter((chosenId) => !libraries.some(({ id }) => id === chosenId));
  return [
    ...offered.map(({ id, name, spaceName, forgottenAtMs }) => ({
      value: String(id),
      label: [name, spaceName, ...(forgottenAtMs === null ? [] : [t.removed])].join(" · "),
    })),
    ...lost.map((id) => ({ value: String(id), label: t.lost })),
  ];
}
