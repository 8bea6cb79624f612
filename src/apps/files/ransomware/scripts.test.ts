import { describe, expect, test } from "bun:test";
import { baseThreshold, createTally } from "./detector.ts";
import { type Fact, hourMs } from "./facts.ts";

const startMs = 1_000 * hourMs;
const random = { type: null, isRandom: true, isScrambled: false };
const known = (type: string) => ({ type, isRandom: false, isScrambled: false });

type Act = Omit<Fact, "atMs" | "spaceId" | "nodeId" | "sizeBytes">;

/** After how many of these a device is stopped; undefined when never. */
function stoppedAfter(isDisk: boolean, count: number, act: (index: number) => readonly Act[]): number | undefined {
  const tally = createTally();
  const profile = { threshold: baseThreshold, riskyUsually: 0, isDisk };
  for (let index = 0; index < count; index += 1) {
    const atMs = startMs + index * 100;
    for (const [step, one] of act(index).entries()) {
      tally.add({ spaceId: 1, sizeBytes: 5_000, nodeId: 1_000 + index * 2 + step, ...one, atMs });
    }
    if (tally.verdict(profile, atMs).isAttack) return index + 1;
  }
  return undefined;
}

const endings = ["jpg", "docx", "pdf", "txt", "mp4"] as const;
const mixed = (index: number): string => endings[index % endings.length] as string;
const overwritten = (name: string, folderId: number, before?: string): Act => ({
  act: "overwrite",
  name,
  folderId,
  content: { ...random, ...(before !== undefined && { before: known(before) }) },
});

describe("scripts of a household", () => {
  test("past Hearth: 30 texts of noise, 30 shredded scans of a folder, letters that become .gpg: nothing is stopped", () => {
    const texts = (index: number) => [overwritten(`test ${index}.${index % 2 === 0 ? "txt" : "md"}`, index)];
    expect(stoppedAfter(true, 30, texts)).toBeUndefined();
    expect(stoppedAfter(true, 30, (index) => [overwritten(`scan ${index}.${mixed(index)}`, 7)])).toBeUndefined();
    const letters = (index: number): Act[] => [
      { act: "create", name: `letter ${index}.txt.gpg`, folderId: 1 + (index % 9), content: random },
      { act: "delete", name: `letter ${index}.txt`, folderId: 1 + (index % 9) },
    ];
    expect(stoppedAfter(true, 80, letters)).toBeUndefined();
    expect(stoppedAfter(false, 50, letters)).toBeUndefined();
  });
  test("of an own device: 20 notes encrypted in place and 20 saves of a game: not stopped", () => {
    expect(stoppedAfter(false, 20, (index) => [overwritten(`note ${index}.md`, index % 5, "text")])).toBeUndefined();
    const saves = (index: number): Act => ({
      ...overwritten(`slot ${index}.sav`, 3),
      content: { ...random, before: { type: null, isRandom: false } },
    });
    expect(stoppedAfter(false, 20, (index) => [saves(index)])).toBeUndefined();
  });
});

describe("attacks", () => {
  const folderOf = (index: number) => 1 + Math.floor(index / 40);
  test("past Hearth through folders of forty, one after the other", () => {
    const inPlace = (index: number) => [overwritten(`item ${index}.${mixed(index)}`, folderOf(index))];
    expect(stoppedAfter(true, 200, inPlace)).toBe(36);
    const everywhere = (index: number) => [overwritten(`item ${index}.${mixed(index)}`, 1 + (index % 9))];
    expect(stoppedAfter(true, 200, everywhere)).toBe(12);
    const oneKind = (index: number) => [overwritten(`IMG_${index}.jpg`, 1 + (index % 9))];
    expect(stoppedAfter(true, 200, oneKind)).toBe(36);
  });
  test("past Hearth with a new ending, a decoy or notes: as early as any device", () => {
    const renamed = (index: number): Act[] => [
      { act: "create", name: `item ${index}.txt.locked`, folderId: 1, content: random },
      { act: "delete", name: `item ${index}.txt`, folderId: 1 },
    ];
    expect(stoppedAfter(true, 200, renamed)).toBe(12);
    const withDecoy = (index: number) => [
      { ...overwritten(`item ${index}.txt`, 1), ...(index === 3 && { isCanary: true }) },
    ];
    expect(stoppedAfter(true, 200, withDecoy)).toBe(7);
    const withNotes = (index: number): Act[] => [
      overwritten(`item ${index}.txt`, index),
      {
        act: "create",
        name: "README_DECRYPT.txt",
        folderId: index,
        isFolderOld: true,
        content: { ...known("text"), text: { hash: "x", words: 3 } },
      },
    ];
    expect(stoppedAfter(true, 200, withNotes)).toBeLessThanOrEqual(6);
  });
  test("of an own device: mixed kinds as before, texts alone after 24", () => {
    expect(stoppedAfter(false, 200, (index) => [overwritten(`item ${index}.${mixed(index)}`, 1, "pdf")])).toBe(12);
    expect(stoppedAfter(false, 200, (index) => [overwritten(`note ${index}.md`, index, "text")])).toBe(24);
  });
});
