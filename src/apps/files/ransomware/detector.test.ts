import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { baseThreshold, createTally } from "./detector.ts";
import { type Fact, hourMs } from "./facts.ts";

const limitMs = 60_000;
const profile = { threshold: baseThreshold, riskyUsually: 0, isDisk: false };
const startMs = 1_000 * hourMs;
const endings = ["jpg", "docx", "pdf", "txt", "mp4", "xlsx", "png"] as const;
const types: Readonly<Record<string, string>> = {
  jpg: "jpeg",
  docx: "zip",
  pdf: "pdf",
  txt: "text",
  mp4: "mp4",
  xlsx: "zip",
  png: "png",
};

const known = (ending: string) => ({ type: types[ending] ?? "zip", isRandom: false, isScrambled: false });
const random = { type: null, isRandom: true, isScrambled: false };

/** What people and programs do all day: types stay, what is even as a cipher was so before. */
const everydayFact = fc
  .record({
    nodeId: fc.integer({ min: 1, max: 500 }),
    folderId: fc.integer({ min: 1, max: 20 }),
    ending: fc.constantFrom(...endings),
    kind: fc.constantFrom("upload", "save", "retag", "rename", "delete", "container", "blob", "transcode", "pack"),
    sizeBytes: fc.integer({ min: 1, max: 10_000_000 }),
  })
  .map(({ nodeId, folderId, ending, kind, sizeBytes }): Omit<Fact, "atMs"> => {
    const base = { nodeId, spaceId: 1, folderId, name: `IMG_${nodeId}.${ending}`, sizeBytes };
    if (kind === "upload") return { ...base, act: "create", content: known(ending) };
    if (kind === "save" || kind === "retag")
      return { ...base, act: "overwrite", content: { ...known(ending), before: known(ending) } };
    if (kind === "rename") return { ...base, act: "rename", name: `holiday-${nodeId}.${ending}`, fromName: base.name };
    if (kind === "delete") return { ...base, act: "delete" };
    if (kind === "container")
      return { ...base, act: "overwrite", name: `vault-${nodeId}.hc`, content: { ...random, before: random } };
    if (kind === "blob")
      return { ...base, act: "create", name: `${nodeId * 7919}`, folderId: 900 + folderId, content: random };
    if (kind === "transcode") return { ...base, act: "create", name: `film ${nodeId}.mp4`, content: known("mp4") };
    return {
      ...base,
      act: "create",
      name: `log ${nodeId}.txt.gz`,
      content: { type: "gzip", isRandom: false, isScrambled: false },
    };
  });

const timed = (facts: readonly Omit<Fact, "atMs">[], gapMs: number): Fact[] =>
  facts.map((fact, index) => ({ ...fact, atMs: startMs + index * gapMs }));

function pointsOf(facts: readonly Fact[]): number {
  const tally = createTally();
  for (const fact of facts) tally.add(fact);
  return tally.verdict(profile, facts.at(-1)?.atMs ?? startMs).points;
}

describe("everyday traces", () => {
  test(
    "hundreds of thousands of changes, mixed at random, come to no point at all",
    () => {
      let facts = 0;
      fc.assert(
        fc.property(
          fc.array(everydayFact, { minLength: 500, maxLength: 1_500, size: "max" }),
          fc.integer({ min: 1, max: 5_000 }),
          (trace, gapMs) => {
            facts += trace.length;
            return pointsOf(timed(trace, gapMs)) === 0;
          },
        ),
        { numRuns: 120 },
      );
      expect(facts).toBeGreaterThan(100_000);
    },
    limitMs,
  );
});

type Step = (index: number) => Omit<Fact, "atMs">[];
const file = (index: number) => {
  const ending = endings[index % endings.length] as string;
  return {
    nodeId: 10_000 + index,
    spaceId: 1,
    folderId: 1 + (index % 9),
    name: `item ${index}.${ending}`,
    ending,
    sizeBytes: 5_000,
  };
};
const ways: Readonly<Record<string, Step>> = {
  overwrite: (index) => {
    const { ending, ...one } = file(index);
    return [{ ...one, act: "overwrite", content: { ...random, before: known(ending) } }];
  },
  "overwrite past Hearth": (index) => {
    const { ending: _, ...one } = file(index);
    return [{ ...one, act: "overwrite", content: random }];
  },
  "copy and delete": (index) => {
    const { ending: _, ...one } = file(index);
    return [
      { ...one, nodeId: one.nodeId + 50_000, name: `${one.name}.kraken`, act: "create", content: random },
      { ...one, act: "delete" },
    ];
  },
  "delete, then a copy": (index) => {
    const { ending: _, ...one } = file(index);
    return [
      { ...one, act: "delete" },
      { ...one, nodeId: one.nodeId + 50_000, name: `${one.name}.kraken`, act: "create", content: random },
    ];
  },
  "copy of another name and delete": (index) => {
    const { ending: _, ...one } = file(index);
    return [
      {
        ...one,
        nodeId: one.nodeId + 50_000,
        name: `${index * 7919}.zz`,
        act: "create",
        content: random,
        sizeBytes: 5_200,
      },
      { ...one, act: "delete" },
    ];
  },
  "rename and overwrite": (index) => {
    const { ending, ...one } = file(index);
    const name = `${one.name}.abyss`;
    return [
      { ...one, act: "rename", name, fromName: one.name, content: known(ending) },
      { ...one, act: "overwrite", name, content: { ...random, before: known(ending) } },
    ];
  },
  "parts only": (index) => {
    const { ending, ...one } = file(index);
    return [{ ...one, act: "overwrite", content: { ...known(ending), isScrambled: true, before: known(ending) } }];
  },
};

describe("attacks hidden in everyday work", () => {
  for (const [name, way] of Object.entries(ways)) {
    test(
      `${name}: at most 26 files, however much else happens`,
      () => {
        fc.assert(
          fc.property(
            fc.array(fc.array(everydayFact, { maxLength: 8 }), { minLength: 60, maxLength: 60 }),
            fc.integer({ min: 1, max: 60_000 }),
            (noise, gapMs) => {
              const tally = createTally();
              let atMs = startMs;
              for (const [index, between] of noise.entries()) {
                for (const fact of [...between, ...way(index)]) {
                  atMs += Math.ceil(gapMs / 10);
                  tally.add({ ...fact, atMs });
                }
                if (tally.verdict(profile, atMs).isAttack) return index < 26;
              }
              return false;
            },
          ),
          { numRuns: 60 },
        );
      },
      limitMs,
    );
  }
});

test(
  "the same facts give the same verdict after a restart in between",
  () => {
    fc.assert(
      fc.property(fc.array(everydayFact, { maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (noise, cut) => {
        const facts = timed(
          [...noise, ...Array.from({ length: 30 }, (_, index) => ways["overwrite"]!(index)).flat()],
          1_000,
        );
        const whole = createTally();
        const first = createTally();
        const second = createTally();
        for (const fact of facts) whole.add(fact);
        for (const fact of facts.slice(0, cut)) first.add(fact);
        second.restore(first.evidence());
        for (const fact of facts.slice(cut)) second.add(fact);
        const nowMs = facts.at(-1)!.atMs;
        return second.verdict(profile, nowMs).points === whole.verdict(profile, nowMs).points;
      }),
    );
  },
  limitMs,
);

test(
  "memory stays bounded under 200,000 changes that all count",
  () => {
    const tally = createTally();
    for (let index = 0; index < 200_000; index += 1) {
      const [fact] = ways["overwrite past Hearth"]!(index);
      tally.add({ ...fact!, atMs: startMs + index });
    }
    expect(tally.evidence().length).toBeLessThanOrEqual(5_000);
  },
  limitMs,
);
