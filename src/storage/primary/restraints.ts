import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { HeldSpace, Restraint } from "./types.ts";

/** Names what speaks for somebody: the same for as long as a credential lives. */
export function deviceOf({ kind, via, credentialId, userId }: Actor): string {
  if (kind === "system") return "system";
  return `${via}:${credentialId ?? userId}`;
}

export interface Restraints {
  set(restraint: Restraint): void;
  heldSpace(spaceId: number): HeldSpace | undefined;
  /** Throws `forbidden` for a frozen device and `unavailable` for a space that nobody may change. */
  requireFree(spaceId: number, device: string): void;
  /** Throws `conflict` when nothing of the space may be deleted for good. */
  requireErasable(spaceId: number): void;
}

/** Asked for with every change, so it has to cost next to nothing when nothing is restrained. */
export function createRestraints(): Restraints {
  let frozen: Restraint["frozen"] = new Map();
  let held: Restraint["held"] = new Map();
  return {
    set: (restraint) => ({ frozen, held } = restraint),
    heldSpace: (spaceId) => held.get(spaceId),
    requireFree: (spaceId, device) => {
      if (device === "system") return;
      const message = frozen.size === 0 ? undefined : frozen.get(device);
      if (message !== undefined) throw new AppError("forbidden", message);
      const space = held.size === 0 ? undefined : held.get(spaceId);
      if (space?.isReadOnly === true) throw new AppError("unavailable", space.reason);
    },
    requireErasable: (spaceId) => {
      const space = held.get(spaceId);
      if (space === undefined) return;
      throw new AppError("conflict", `Nothing is deleted for good here for now. ${space.reason}`);
    },
  };
}
