import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../architecture.ts";

/** A module of the table, with where its files lie. */
export interface Module {
  /** `apps/files/browse`: the name behind `#` and below `src/`. */
  readonly name: string;
  readonly layer: Layer;
  /** Absolute folder. */
  readonly folder: string;
}

export function modulesOf(root: string, layers: readonly Layer[]): Module[] {
  return layers.flatMap((layer) =>
    layer.modules.map((module) => {
      const name = `${layer.path}/${module}`;
      return { name, layer, folder: join(root, "src", name) };
    }),
  );
}

/** Names in a folder, sorted; empty when the folder is missing. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

/** The doors of `package.json`: what follows `#`, to the file it names. */
export function readDoors(root: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { imports: Record<string, string> };
  return new Map(Object.entries(manifest.imports).map(([name, target]) => [name.slice(1), target]));
}

/** The first sentence-like line of a module's README below its heading, or "" when there is none. */
export function readmeSummary(folder: string): string {
  const file = join(folder, "README.md");
  if (!existsSync(file)) return "";
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.find((line) => line.trim() !== "" && !line.startsWith("#"))?.trim() ?? "";
}
