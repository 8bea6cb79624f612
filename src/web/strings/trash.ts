export const trash = {
  title: "Trash",
  space: "Space",
  empty: "The trash is empty",
  emptyHint: "What you delete waits here until you restore it or delete it for ever.",
  kept: (days: number, size: string): string =>
    `Kept for ${days === 1 ? "a day" : `${days} days`}, at most ${size}: then the oldest goes first.`,
  summary: (n: number, size: string): string => `${n.toLocaleString("en")} ${n === 1 ? "item" : "items"}, ${size}`,
  restore: "Restore",
  purge: "Delete for ever",
  emptyAction: "Empty trash",
  restored: (n: number): string =>
    n === 1 ? "1 item is back in its place." : `${n.toLocaleString("en")} items are back in their place.`,
  purged: (n: number): string =>
    n === 1 ? "1 item is deleted for ever." : `${n.toLocaleString("en")} items are deleted for ever.`,
  columns: {
    name: "Name",
    place: "Was in",
    size: "Size",
    when: "Deleted",
    who: "By",
  },
  root: "Top folder",
  unknownPerson: "Unknown",
  select: (name: string): string => `Select ${name}`,
  selectAll: "Select all",
  selected: (n: number): string => `${n.toLocaleString("en")} selected`,
  clearSelection: "Clear selection",
  more: "Show more",
  confirmPurge: {
    title: "Delete for ever?",
    body: (n: number): string =>
      n === 1
        ? "This item cannot be brought back afterwards."
        : `These ${n.toLocaleString("en")} items cannot be brought back afterwards.`,
  },
  confirmEmpty: {
    title: "Empty the trash?",
    body: (n: number, size: string): string =>
      `${n === 1 ? "1 item" : `${n.toLocaleString("en")} items`} (${size}) will be deleted for ever. This cannot be undone.`,
    type: (word: string): string => `Type “${word}” to confirm`,
    word: "empty",
  },
} as const;
