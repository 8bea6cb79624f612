import type { Layer } from "../../architecture.ts";
import { modulesOf, readmeSummary } from "./modules.ts";

const nodeId = (path: string): string => path.replaceAll(/[^a-z]/g, "_");

function table(layers: readonly Layer[]): string[] {
  const rows = layers.map((layer) => {
    const imports = layer.imports.length === 0 ? "–" : layer.imports.map((name) => `\`${name}\``).join(", ");
    return `| \`${layer.path}\` | ${layer.purpose} | ${imports} |`;
  });
  return ["| layer | what it is for | may import |", "|-|-|-|", ...rows];
}

/** Arrows that follow from others are left out: an import of an import goes without saying. */
function directImports(layer: Layer, layers: readonly Layer[]): string[] {
  const importsOf = new Map(layers.map((one) => [one.path, one.imports]));
  return layer.imports.filter(
    (target) => !layer.imports.some((other) => other !== target && importsOf.get(other)?.includes(target) === true),
  );
}

function picture(layers: readonly Layer[]): string[] {
  const nodes = layers.map((layer) => `  ${nodeId(layer.path)}["${layer.path}"]`);
  const arrows = layers.flatMap((layer) =>
    directImports(layer, layers).map((target) => `  ${nodeId(layer.path)} --> ${nodeId(target)}`),
  );
  return ["```mermaid", "flowchart TD", ...nodes, ...arrows, "```"];
}

function moduleList(root: string, layers: readonly Layer[]): string[] {
  return layers
    .filter((layer) => layer.modules.length > 0)
    .flatMap((layer) => {
      const modules = modulesOf(root, [layer]).map(
        ({ name, folder }) => `- [\`#${name}\`](../src/${name}/): ${readmeSummary(folder)}`,
      );
      return [`### ${layer.path}`, "", ...modules, ""];
    });
}

/** The text of `docs/architecture.md`: the table, its picture, and every module with the first line of its README. */
export function renderArchitecture(root: string, layers: readonly Layer[]): string {
  return [
    "# Architecture",
    "",
    "Rendered from `architecture.ts` and the modules' READMEs by `npm run docs`; a test fails when it is stale.",
    "",
    "A layer imports itself and the layers its row names, nothing else; a module is reached through its door",
    "(`#layer/module`, its `index.ts`) and never deeper. The linter enforces both. `src/main.ts` and `src/cli.ts`",
    "put everything together and may name every door.",
    "",
    "## Layers",
    "",
    ...table(layers),
    "",
    "An arrow means *may import*; what follows from two arrows is not drawn.",
    "",
    ...picture(layers),
    "",
    "## Modules",
    "",
    ...moduleList(root, layers),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}
