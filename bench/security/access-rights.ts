import { interleave } from "../kit/rounds.ts";
import type { Figure, PartResult, Settings } from "../kit/types.ts";
import { limitVerdict, ratioVerdict } from "../kit/verdict.ts";
import { type House, openHouse } from "./access-house.ts";

const part = "access-rights";
const kinds = ["none", "of others", "of everybody"] as const;
const names: Readonly<Record<(typeof kinds)[number], string>> = {
  none: "no entries",
  "of others": "1,000 entries of others",
  "of everybody": "1,000 entries of everybody",
};
/** The same properties each time, or others each time, so that no kept listing answers. */
const bodyOf = (n: number) =>
  `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getetag/><d:getcontentlength/>` +
  `<d:getlastmodified/><oc:permissions/><n${n} xmlns="u:"/></d:prop></d:propfind>`;

interface Case {
  readonly title: string;
  readonly unit: string;
  readonly times: number;
  readonly run: (house: House, n: number) => unknown;
}

let counter = 0;
const cases: readonly Case[] = [
  {
    title: "may a person read a file six folders deep",
    unit: "ns",
    times: 200_000,
    run: ({ access, anna, spaceId, deepId }) => access.can(anna, "read", { spaceId, nodeId: deepId }),
  },
  {
    title: "PROPFIND of 1,000 files, kept",
    unit: "µs",
    times: 200,
    run: ({ ask }) => ask("PROPFIND", "big/", bodyOf(0)),
  },
  {
    title: "PROPFIND of 1,000 files, rendered",
    unit: "µs",
    times: 20,
    run: ({ ask }) => ask("PROPFIND", "big/", bodyOf((counter += 1))),
  },
  { title: "GET of 4 KiB", unit: "µs", times: 3000, run: ({ ask }) => ask("GET", "a/b/c/d/e/deep.txt") },
  {
    title: "PUT of 1 KiB",
    unit: "µs",
    times: 200,
    run: ({ ask }, n) => ask("PUT", `a/b/c/d/e/p${n % 50}`, "x".repeat(1024)),
  },
];

/** What rights below the root of a space cost: nothing for whom no entry concerns, little for everybody else. */
export async function accessRights(settings: Settings): Promise<PartResult> {
  const houses = await Promise.all(
    kinds.map(async (kind) => ({ kind, house: await openHouse(settings.tempRoot, kind) })),
  );
  const figures: Figure[] = [];
  try {
    for (const one of cases) {
      const subjects = houses.map(({ kind, house }) => ({ name: names[kind], run: () => timed(one, house) }));
      const samples = await interleave(subjects, settings.quick ? 3 : settings.rounds);
      figures.push({ part, title: one.title, unit: one.unit, samples });
    }
  } finally {
    for (const { house } of houses) await house.close();
  }
  const [can, ...requests] = figures;
  const verdicts = [
    ...kinds.flatMap((kind) =>
      can === undefined
        ? []
        : limitVerdict(can, { ours: names[kind], atMost: 3000, title: `${can.title}, ${names[kind]}` }),
    ),
    ...requests.flatMap((figure) =>
      ratioVerdict(figure, { ours: names["of others"], base: names.none, atLeast: 0.9, lowerIsBetter: true }),
    ),
  ];
  return { figures, verdicts };
}

async function timed({ times, unit, run }: Case, house: House): Promise<number> {
  const startNs = Bun.nanoseconds();
  for (let n = 0; n < times; n++) {
    const result = run(house, n);
    if (result instanceof Promise) await result;
  }
  const eachNs = (Bun.nanoseconds() - startNs) / times;
  return unit === "ns" ? eachNs : eachNs / 1000;
}
