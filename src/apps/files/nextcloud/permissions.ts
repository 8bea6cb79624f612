import type { NodeInfo } from "#storage/primary";

interface Rights {
  readonly canWrite: boolean;
  readonly canShare: boolean;
  readonly canLeave: boolean;
}

interface Standing {
  /** Of others, or of a space. */
  readonly isForeign: boolean;
  /** Can be moved but not deleted, as the top of a space. */
  readonly isKept: boolean;
}

/**
 * `oc:permissions`: S of others, R share, G read, D delete, N rename, V move, W write, C and K make files and folders. M, mounted, is
 * said of nothing here: the desktop would ask before it fetches a family's space.
 */
export function davLetters(
  { kind }: NodeInfo,
  { canWrite, canShare, canLeave }: Rights,
  { isForeign, isKept }: Standing,
): string {
  // Apps look for C and K side by side.
  const content = kind === "file" ? "W" : "CK";
  return `${isForeign ? "S" : ""}${canShare ? "R" : ""}G${canLeave ? `${isKept ? "" : "D"}NV` : ""}${canWrite ? content : ""}`;
}

export const shareBits = { read: 1, update: 2, create: 4, delete: 8, share: 16 } as const;

/** The most a share of the node could allow, as bits of the sharing interface. */
export function sharePermissions(
  { kind }: NodeInfo,
  { canWrite, canShare }: Pick<Rights, "canWrite" | "canShare">,
): number {
  const write = kind === "file" ? shareBits.update : shareBits.update | shareBits.create | shareBits.delete;
  return shareBits.read | (canWrite ? write : 0) | (canShare ? shareBits.share : 0);
}
