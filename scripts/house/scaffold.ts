import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../architecture.ts";

/** A request that cannot be met, in words for the person who made it. */
export class ScaffoldError extends Error {}

interface Names {
  /** `apps/files/photo-albums`. */
  readonly path: string;
  /** `apps/files`. */
  readonly layer: string;
  /** `photo-albums`. */
  readonly module: string;
  /** `photoAlbums`: the noun of its operations. */
  readonly noun: string;
  /** `PhotoAlbums`. */
  readonly type: string;
}

function namesOf(path: string, layers: readonly Layer[]): Names {
  const layer = layers.find((one) => one.modules.length > 0 && path.startsWith(`${one.path}/`));
  if (layer === undefined) {
    const known = layers.filter((one) => one.modules.length > 0).map((one) => one.path);
    throw new ScaffoldError(`${path} lies in no layer with modules: ${known.join(", ")}`);
  }
  const module = path.slice(layer.path.length + 1);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(module)) {
    throw new ScaffoldError(`"${module}" is no module name: small letters, digits and single dashes`);
  }
  if (layer.modules.includes(module)) throw new ScaffoldError(`${path} is already in architecture.ts`);
  const noun = module.replaceAll(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
  return { path, layer: layer.path, module, noun, type: noun.charAt(0).toUpperCase() + noun.slice(1) };
}

const contract = ({ noun, type }: Names): string => `import { z } from "zod";
import { defineContract } from "#wire";

export const ${type}State = z.object({ asOfMs: z.int() });

export const ${noun}Contract = defineContract({
  "${noun}.read": {
    summary: "The state of ${noun}.",
    input: z.object({}),
    output: ${type}State,
    permission: "self",
    effect: "read",
  },
});
`;

const service = ({ type }: Names): string => `import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { ${type}State } from "./contract.ts";

interface ${type}Deps {
  readonly clock: Clock;
}

export interface ${type} {
  read(): z.infer<typeof ${type}State>;
}

export function create${type}(deps: ${type}Deps): ${type} {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}
`;

const routes = ({ noun, type }: Names): string => `import { implement, type Implementation } from "#platform/usecase";
import { ${noun}Contract } from "./contract.ts";
import type { ${type} } from "./service.ts";

export function ${noun}UseCases(${noun}: ${type}): Implementation[] {
  return implement(${noun}Contract, { "${noun}.read": () => ${noun}.read() });
}
`;

const door = ({ noun, type }: Names): string => `export { ${noun}UseCases } from "./routes.ts";
export { create${type}, type ${type} } from "./service.ts";
`;

const serviceTest = ({ noun, type }: Names): string => `import { expect, test } from "bun:test";
import { create${type} } from "./service.ts";

test("${noun}.read says as of when", () => {
  expect(create${type}({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
`;

const readme = ({ path, module }: Names): string => `# ${path}

What ${module} is for, in one sentence.

- What it promises, and to whom.
- What it stores, and where.
`;

/** Adds the module to its layer's row; the table keeps its comments and order. */
export function addToTable(table: string, { layer, module }: Pick<Names, "layer" | "module">): string {
  const row = table.indexOf(`path: "${layer}"`);
  const start = table.indexOf("modules: [", row);
  const end = table.indexOf("]", start);
  if (row < 0 || start < 0 || end < 0) throw new ScaffoldError(`architecture.ts has no row for ${layer}`);
  const before = table.slice(0, end).trimEnd();
  const comma = before.endsWith("[") || before.endsWith(",") ? "" : ", ";
  return `${before}${comma}"${module}"${table.slice(end)}`;
}

/** Adds the door after the last one of the layer, as text: a manifest keeps its own format. */
export function addDoor(manifest: string, { layer, path }: Pick<Names, "layer" | "path">): string {
  const lines = manifest.split("\n");
  const last = lines.findLastIndex((line) => line.trimStart().startsWith(`"#${layer}/`));
  const at = last < 0 ? lines.findIndex((line) => line.includes('"imports": {')) : last;
  if (at < 0) throw new ScaffoldError("package.json has no imports");
  const entry = `    "#${path}": "./src/${path}/index.ts"`;
  const above = lines[at] ?? "";
  if (last < 0 || above.endsWith(",")) return lines.toSpliced(at + 1, 0, `${entry},`).join("\n");
  return lines.toSpliced(at, 1, `${above},`, entry).join("\n");
}

/**
 * Writes a module by the template below `root`, with its door in `package.json` and its row in `architecture.ts`.
 * Returns the files written or changed, relative to `root`. Throws `ScaffoldError` when the name or the place is taken or wrong.
 */
export function scaffold(root: string, layers: readonly Layer[], path: string): string[] {
  const names = namesOf(path, layers);
  const folder = join("src", path);
  if (existsSync(join(root, folder))) throw new ScaffoldError(`${folder} exists`);
  const edited: [string, string][] = [
    ["architecture.ts", addToTable(readFileSync(join(root, "architecture.ts"), "utf8"), names)],
    ["package.json", addDoor(readFileSync(join(root, "package.json"), "utf8"), names)],
  ];
  const made: [string, string][] = [
    ["contract.ts", contract(names)],
    ["service.ts", service(names)],
    ["routes.ts", routes(names)],
    ["index.ts", door(names)],
    ["service.test.ts", serviceTest(names)],
    ["README.md", readme(names)],
  ];
  mkdirSync(join(root, folder), { recursive: true });
  const files = [...made.map(([name, text]): [string, string] => [join(folder, name), text]), ...edited];
  for (const [file, text] of files) writeFileSync(join(root, file), text);
  return files.map(([file]) => file);
}
