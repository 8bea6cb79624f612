import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { token } from "./words.ts";

interface SightDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** A node at which reading may begin or end for somebody. */
interface Turn {
  readonly nodeId: number;
  readonly isShown: boolean;
  /** Ids above it, the nearest first. */
  readonly above: readonly number[];
}

/**
 * Where somebody may read, as an expression over the tokens of places, so that the index itself leaves out what is hidden: below the
 * roots of their spaces and what they were let into, without what is closed to them there. Undefined when that is nowhere.
 */
export function sightExpression({ storage, access }: SightDeps, actor: Actor): string | undefined {
  const sight = access.sightOf(actor);
  const turns = new Map<number, Turn>();
  for (const { spaceId } of access.spacesOf(actor.userId)) {
    const nodeId = storage.rootIdOf(spaceId);
    turns.set(nodeId, { nodeId, isShown: sight.can({ spaceId, nodeId }), above: [] });
  }
  for (const nodeId of sight.concerned) {
    const node = storage.node(nodeId);
    if (node === undefined) continue;
    const above = storage.above(nodeId);
    turns.set(nodeId, { nodeId, isShown: sight.can({ spaceId: node.spaceId, nodeId }), above });
  }
  const nearest = ({ above }: Turn) => {
    const id = above.find((folderId) => turns.has(folderId));
    return id === undefined ? undefined : turns.get(id);
  };
  const begins = [...turns.values()].filter((turn) => turn.isShown && nearest(turn)?.isShown !== true);
  if (begins.length === 0) return undefined;
  const beginIds = new Set(begins.map(({ nodeId }) => nodeId));
  const ends = [...turns.values()].filter((turn) => !turn.isShown && nearest(turn)?.isShown === true);
  /** What is closed, under the place where reading began above it. */
  const closed = Map.groupBy(ends, ({ above }) => above.find((id) => beginIds.has(id)));
  return begins
    .map(({ nodeId }) => {
      const without = closed.get(nodeId) ?? [];
      return without.length === 0
        ? place(nodeId)
        : `(${place(nodeId)} NOT (${anyOf(without.map((end) => end.nodeId))}))`;
    })
    .join(" OR ");
}

/** Below, or at, one of these nodes. */
export function anyOf(nodeIds: readonly number[]): string {
  return nodeIds.map(place).join(" OR ");
}

const place = (nodeId: number) => `"${token("node", nodeId)}"`;
