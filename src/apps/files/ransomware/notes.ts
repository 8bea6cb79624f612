import type { Evidence, Fact } from "./facts.ts";

interface Note {
  readonly folders: Set<number>;
  readonly words: number;
}

const maxNotes = 2_000;
const maxFolders = 1_000;
/** From so many folders on a note counts, by how openly it speaks. */
const plain = { folders: 6, points: 0.5 };
const speaking = { words: 2, folders: 3, points: 2.5 };

/** Files that programs put into every folder. */
const everywhere =
  /^(desktop\.ini|thumbs\.db|\.ds_store|\.nomedia|folder\.(jpg|png)|index\.html?|__init__\.py|\.gitkeep|\.keep|\.stignore|\.directory|readme(\.md|\.txt)?|licen[cs]e(\.md|\.txt)?|makefile|package\.json|\.htaccess|\.gitignore)$/i;

/** The same small text under the same new name in many folders that were there before. */
export function createNotes() {
  const notes = new Map<string, Note>();
  return {
    take: (fact: Fact): Evidence | undefined => {
      const { act, content, name, folderId, nodeId, spaceId, atMs } = fact;
      if (act !== "create" || content?.text === undefined || fact.isFolderOld !== true) return undefined;
      const { hash, words } = content.text;
      const speaks = words >= speaking.words;
      if (!speaks && everywhere.test(name)) return undefined;
      const id = `${name.toLowerCase()} ${hash}`;
      const note = notes.get(id) ?? { folders: new Set<number>(), words };
      notes.set(id, note);
      if (notes.size > maxNotes) notes.delete(notes.keys().next().value ?? "");
      if (note.folders.size < maxFolders) note.folders.add(folderId);
      const rule = speaks ? speaking : plain;
      if (note.folders.size < rule.folders) return undefined;
      const isFirst = note.folders.size === rule.folders;
      const count = isFirst ? rule.folders : 1;
      const points = rule.points * count;
      const signal = speaks ? "ransom-note" : "same-note";
      return { key: `note ${nodeId}`, nodeId, spaceId, folderId, signal, points, atMs, name, subject: name, count };
    },
    clear: () => notes.clear(),
  };
}
