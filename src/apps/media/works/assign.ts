/** Which of the works that were there a group of files goes on as. */
export interface Claim<D> {
  readonly draft: D;
  readonly itemIds: readonly number[];
}

/**
 * Gives every draft the work that most of its files belonged to, each work once; the drafts with most votes choose first, so that a work
 * keeps its id when files move, are renamed or join it. Null: a new work.
 */
export function assignIds<D>(
  claims: readonly Claim<D>[],
  workIdsOf: (itemId: number, draft: D) => readonly number[],
): Map<D, number | null> {
  const wishes = claims.flatMap(({ draft, itemIds }, index) => {
    const votes = new Map<number, number>();
    for (const itemId of itemIds) {
      for (const workId of workIdsOf(itemId, draft)) votes.set(workId, (votes.get(workId) ?? 0) + 1);
    }
    return [...votes].map(([workId, count]) => ({ draft, index, workId, count }));
  });
  const taken = new Set<number>();
  const assigned = new Map<D, number | null>(claims.map(({ draft }) => [draft, null]));
  const ordered = wishes.toSorted((a, b) => b.count - a.count || a.workId - b.workId || a.index - b.index);
  for (const { draft, workId } of ordered) {
    if (taken.has(workId) || assigned.get(draft) !== null) continue;
    assigned.set(draft, workId);
    taken.add(workId);
  }
  return assigned;
}
