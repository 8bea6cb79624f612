export interface Trashed {
  readonly id: string;
  readonly name: string;
  readonly deletedAtMs: number;
}

/** The names that items of the trash have in addresses: `file.txt.d1700000000`, a second later where two would be the same. */
export function trashNames<T extends Trashed>(items: readonly T[]): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  // In an order that later removals do not change.
  const ordered = items.toSorted((a, b) => a.deletedAtMs - b.deletedAtMs || (a.id < b.id ? -1 : 1));
  for (const item of ordered) {
    let seconds = Math.floor(item.deletedAtMs / 1000);
    while (byName.has(`${item.name}.d${seconds}`)) seconds += 1;
    byName.set(`${item.name}.d${seconds}`, item);
  }
  return byName;
}
