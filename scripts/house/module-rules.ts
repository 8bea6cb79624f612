import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../architecture.ts";
import { type Module, modulesOf, namesIn, readDoors } from "./modules.ts";

/** Something a module does against the template. `path` is relative to the root of the repository. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
}

/** Doors of `package.json` that are no module of the table: vocabulary, the page, the demo and the test kit. */
const otherDoors = new Set(["wire", "contract/*", "web/*", "demo", "kit"]);
/** Folders below `src/` that are composition roots, not layers. */
const compositionRoots = new Set(["cli", "demo", "main"]);
const moduleFolders = new Set(["migrations", "testdata"]);
/** Layers that stand under the modules of the template and may not speak of operations. */
const lightLayers = new Set(["platform", "edge"]);
const operationParts = new Set(["contract.ts", "routes.ts", "reactions.ts"]);
const plainName = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.tsx?$/;
const emptyName = /^(utils?|helpers?|misc|common|stuff)(\.test)?\.tsx?$/;
const readmeMaxLines = 12;
/** As of scripts, which the linter counts. */
const styleSheetMaxLines = 400;

function checkReadme(module: Module): Finding[] {
  const path = `src/${module.name}/README.md`;
  const file = join(module.folder, "README.md");
  if (!existsSync(file)) return [{ path, problem: "is missing: say in ten lines what the module is for" }];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const findings: Finding[] = [];
  if (lines.length > readmeMaxLines) {
    findings.push({ path, problem: `has ${lines.length} lines, at most ${readmeMaxLines} are read` });
  }
  if (lines[0]?.startsWith("# ") !== true) findings.push({ path, problem: "does not begin with a `# ` heading" });
  if (lines.filter((line) => line.trim() !== "").length < 2) findings.push({ path, problem: "says nothing" });
  return findings;
}

function checkName(module: Module, name: string): Finding[] {
  const path = `src/${module.name}/${name}`;
  if (statSync(join(module.folder, name)).isDirectory()) {
    if (moduleFolders.has(name)) return [];
    return [{ path, problem: "a module has no folders but migrations/ and testdata/" }];
  }
  if (name === "README.md") return [];
  if (emptyName.test(name)) return [{ path, problem: "the name says nothing: use the word for what it does" }];
  if (!plainName.test(name)) return [{ path, problem: "is no file of the module template (plain-name.ts)" }];
  if (lightLayers.has(module.layer.path) && operationParts.has(name)) {
    return [{ path, problem: `${module.layer.path} offers no operations: this belongs into a layer above` }];
  }
  return [];
}

function checkModule(module: Module): Finding[] {
  if (!existsSync(module.folder))
    return [{ path: `src/${module.name}`, problem: "is in architecture.ts, not on disk" }];
  const names = namesIn(module.folder);
  const findings = names.flatMap((name) => checkName(module, name));
  if (!names.includes("index.ts")) findings.push({ path: `src/${module.name}/index.ts`, problem: "is missing" });
  return [...findings, ...checkReadme(module)];
}

function checkDoors(root: string, modules: readonly Module[]): Finding[] {
  const doors = readDoors(root);
  const names = new Set(modules.map((module) => module.name));
  const path = "package.json";
  const closed = modules.flatMap((module): Finding[] => {
    const target = `./src/${module.name}/index.ts`;
    if (doors.get(module.name) === target) return [];
    return [{ path, problem: `imports: "#${module.name}" must lead to ${target}` }];
  });
  const open = [...doors.keys()].filter((name) => !names.has(name) && !otherDoors.has(name));
  return [...closed, ...open.map((name) => ({ path, problem: `imports: "#${name}" is no module of architecture.ts` }))];
}

/** Folders on disk that the table does not know. */
function checkFolders(root: string, layers: readonly Layer[]): Finding[] {
  const problem = "is not in architecture.ts";
  const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory();
  const tops = namesIn(join(root, "src"))
    .filter((name) => isFolder(`src/${name}`) && !compositionRoots.has(name))
    .filter((name) => !layers.some((layer) => layer.path === name || layer.path.startsWith(`${name}/`)))
    .map((name) => ({ path: `src/${name}`, problem }));
  const inner = layers.flatMap((layer) => {
    if (layer.modules.length === 0) return [];
    return namesIn(join(root, "src", layer.path))
      .filter((name) => !layer.modules.includes(name))
      .map((name) => ({ path: `src/${layer.path}/${name}`, problem }));
  });
  return [...tops, ...inner];
}

function checkStyleSheets(root: string): Finding[] {
  const folder = join(root, "src/web");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".css"))
    .map((name) => ({ name, lines: readFileSync(join(folder, name), "utf8").trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > styleSheetMaxLines)
    .map(({ name, lines }) => ({
      path: `src/web/${name}`,
      problem: `has ${lines} lines, at most ${styleSheetMaxLines} are allowed`,
    }));
}

/** Every way in which the folders and doors under `root` differ from the table and the module template. */
export function checkModules(root: string, layers: readonly Layer[]): Finding[] {
  const modules = modulesOf(root, layers);
  return [
    ...checkFolders(root, layers),
    ...checkDoors(root, modules),
    ...modules.flatMap(checkModule),
    ...checkStyleSheets(root),
  ];
}
