import type { z } from "zod";
import type { Actor } from "#platform/usecase";
import type { accessContract } from "./contract.ts";
import { resourceKey } from "./entries.ts";
import type { Panel } from "./panel.ts";
import type { AccessOperationsDeps, PanelNode } from "./ports.ts";

type Reach = z.input<(typeof accessContract)["access.reach"]["output"]>;

/** What a person can reach: their spaces, and every resource with an entry that concerns them. */
export function reachOf(deps: AccessOperationsDeps, panel: Panel, reader: Actor, person: Actor): Reach {
  const { access, storage, names } = deps;
  const entries = access.entriesFor(person.userId);
  const resources = [...new Map(entries.map(({ resource }) => [resourceKey(resource), resource])).values()];

  /** Names from the top down, where the reader may read the node; of the folders above only those that are shown. */
  const pathOf = (node: PanelNode): string | null => {
    const resource = { spaceId: node.spaceId, nodeId: node.id };
    if (!access.can(reader, "read", resource)) return null;
    const steps = names.path(node.id);
    return steps
      .slice(steps.length - access.shownSteps(reader, resource))
      .map(({ name }) => name)
      .join("/");
  };

  return {
    spaces: access.spacesOf(person.userId).map(({ spaceId }) => ({
      spaceId,
      name: storage.space(spaceId).name,
      ...panel.rightOf(person, { resource: { spaceId } }, reader),
    })),
    nodes: resources.flatMap((ref) => {
      const node = ref.kind === "node" ? storage.node(ref.id) : undefined;
      if (node === undefined) return [];
      const right = panel.rightOf(person, { resource: { spaceId: node.spaceId, nodeId: node.id } }, reader);
      return [{ nodeId: node.id, spaceId: node.spaceId, path: pathOf(node), ...right }];
    }),
    others: resources.flatMap((resource) =>
      resource.kind === "node" ? [] : [{ resource, ...panel.rightOf(person, { resource }, reader) }],
    ),
  };
}
