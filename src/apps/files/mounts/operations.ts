import { mountsContract } from "#contract/apps/files/mounts";
import { implement, type Implementation } from "#platform/usecase";
import type { Mounts } from "./service.ts";

type Acts = Pick<Mounts, "move" | "decline" | "accept" | "declined">;

export function mountOperations(mounts: Acts, personName: (userId: number) => string | undefined): Implementation[] {
  return implement(mountsContract, {
    "mounts.rename": async ({ actor }, { nodeId, name }) => ({ name: await mounts.move(actor, nodeId, { name }) }),
    "mounts.place": async ({ actor }, { nodeId, folderId }) => {
      await mounts.move(actor, nodeId, { folderId });
      return {};
    },
    "mounts.decline": async ({ actor }, { nodeId }) => {
      await mounts.decline(actor, nodeId);
      return {};
    },
    "mounts.accept": async ({ actor }, { nodeId }) => {
      await mounts.accept(actor, nodeId);
      return {};
    },
    "mounts.declined": ({ actor }) => ({
      items: mounts.declined(actor).map(({ node, name, entry, lastSharedAtMs, declinedAtMs }) => ({
        nodeId: node.id,
        name,
        kind: node.kind,
        sharedBy: personName(entry.createdBy) ?? "",
        sharedAtMs: lastSharedAtMs,
        declinedAtMs,
      })),
    }),
  });
}
