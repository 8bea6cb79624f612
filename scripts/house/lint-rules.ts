import type { OxlintOverride } from "oxlint";
import type { Layer } from "../../architecture.ts";

/** Folders a module may have below itself (`migrations/`, `testdata/…`); deeper files would escape the patterns. */
const maxFolderDepth = 4;

/** The files of the page that run on the server's side: they bundle the others. */
const pageBuild = "src/web/build*.ts";

interface DeniedImport {
  readonly regex: string;
  readonly message: string;
  readonly importNames?: readonly string[];
}
type RuleMap = NonNullable<OxlintOverride["rules"]>;

/** Where a file stands: what it may reach follows from these. */
interface Place {
  /** Folder below `src/`, without a trailing slash. */
  readonly folder: string;
  readonly layer: Layer | undefined;
  readonly module: string | undefined;
}

const escape = (text: string): string => text.replaceAll(/[/.]/g, "\\$&");

/** One denied pattern per layer that `layer` may not import: its doors, and (but for the page) its contracts. */
function deniedLayers(layer: Layer, all: readonly Layer[]): DeniedImport[] {
  const allowed = new Set<string>([layer.path, ...layer.imports]);
  const contracts = layer.path === "web" ? "" : "(contract\\/)?";
  return all
    .filter((other) => !allowed.has(other.path))
    .map((other) => ({
      regex: `^#${contracts}${escape(other.path)}(\\/|$)`,
      message: `${layer.path} may not import ${other.path} (architecture.ts).`,
    }));
}

/** Doors end at the module: nothing behind an `index.ts` can be named. */
function deniedDepths(all: readonly Layer[]): DeniedImport[] {
  return all
    .filter((layer) => layer.modules.length > 0)
    .map((layer) => ({
      regex: `^#${escape(layer.path)}\\/[^/]+\\/`,
      message: `Import a module of ${layer.path} through its door, #${layer.path}/<module>.`,
    }));
}

/** Relative imports stay inside the module: `depth` is how many folders the file lies below it. */
function deniedClimb(depth: number): DeniedImport[] {
  const message = "A relative import stays inside its module; other modules are reached through their door.";
  return [
    { regex: `^(\\.\\.\\/){${depth + 1}}`, message },
    { regex: `^(\\.\\.\\/){0,${depth}}\\.\\.$`, message },
    { regex: "[^.]\\/\\.\\.(\\/|$)|^\\.\\/\\.\\.", message },
  ];
}

function deniedBuiltins(folder: string): DeniedImport[] {
  const denied: DeniedImport[] = [
    { regex: "^(node:)?process$", importNames: ["env"], message: "Only platform/config reads the environment." },
    { regex: "^bun$", importNames: ["env"], message: "Only platform/config reads the environment." },
  ];
  if (folder !== "platform/exec") {
    const message = "Only platform/exec starts processes.";
    denied.push({ regex: "^(node:)?(child_process|cluster)$", message });
    denied.push({ regex: "^bun$", importNames: ["$", "spawn", "spawnSync"], message });
  }
  if (folder !== "platform/db") {
    const message = "Only platform/db opens a database.";
    denied.push({ regex: "^(bun:sqlite|node:sqlite)$", message });
    denied.push({ regex: "^bun$", importNames: ["SQL", "sql"], message });
  }
  if (!folder.startsWith("platform")) {
    denied.push({ regex: "^bun:ffi$", message: "Only platform calls native code." });
  }
  return denied;
}

function deniedProperties(folder: string): { object: string; property: string; message: string }[] {
  const denied = [{ object: "Bun", property: "env", message: "Only platform/config reads the environment." }];
  if (folder !== "platform/exec") {
    for (const property of ["spawn", "spawnSync", "$"]) {
      denied.push({ object: "Bun", property, message: "Only platform/exec starts processes." });
    }
  }
  return denied;
}

type Kind = "product" | "page build" | "test";

function rulesAt(place: Place, depth: number, all: readonly Layer[], kind: Kind): RuleMap {
  const patterns: DeniedImport[] = [...deniedDepths(all), ...deniedClimb(depth)];
  if (place.layer !== undefined) patterns.push(...deniedLayers(place.layer, all));
  if (place.module !== undefined) {
    patterns.push({
      regex: `^#${escape(place.folder)}$`,
      message: "Inside a module import the file, not the module's own door.",
    });
  }
  if (place.layer?.path === "web" && kind === "product") {
    patterns.push({ regex: "^(node|bun)(:|$)", message: "The page runs in a browser." });
  }
  if (kind === "test") return { "eslint/no-restricted-imports": ["error", { patterns }] };
  patterns.push({ regex: "^#kit$", message: "The test kit is for tests." }, ...deniedBuiltins(place.folder));
  return {
    "eslint/no-restricted-imports": ["error", { patterns }],
    "eslint/no-restricted-properties": ["error", ...deniedProperties(place.folder)],
    "node/no-process-env": place.folder === "platform/config" ? "off" : "error",
    "house/no-meta-environment": place.folder === "platform/config" ? "off" : "error",
  };
}

function places(all: readonly Layer[]): Place[] {
  const roots: Place[] = [{ folder: "", layer: undefined, module: undefined }];
  const found = all.flatMap((layer): Place[] =>
    layer.modules.length === 0
      ? [{ folder: layer.path, layer, module: undefined }]
      : layer.modules.map((module) => ({ folder: `${layer.path}/${module}`, layer, module })),
  );
  return [...roots, ...found];
}

/**
 * The import rules of the house as lint overrides, from the table in `architecture.ts`: layer order, doors only,
 * relative imports inside the module, and the doors to processes, databases, the environment and native code.
 * One override per module and folder depth, because the linter's patterns know no look-ahead.
 */
export function architectureOverrides(all: readonly Layer[]): OxlintOverride[] {
  const overrides: OxlintOverride[] = [];
  for (const place of places(all)) {
    const base = place.folder === "" ? "src" : `src/${place.folder}`;
    for (let depth = 0; depth <= (place.folder === "" ? 0 : maxFolderDepth); depth += 1) {
      const folder = `${base}${"/*".repeat(depth)}`;
      overrides.push({ files: [`${folder}/*.{ts,tsx}`], rules: rulesAt(place, depth, all, "product") });
      overrides.push({
        files: [`${folder}/*.test.{ts,tsx}`],
        rules: {
          ...rulesAt(place, depth, all, "test"),
          "eslint/no-restricted-properties": "off",
          "node/no-process-env": "off",
        },
      });
    }
  }
  const web = places(all).find((place) => place.folder === "web");
  if (web !== undefined) overrides.push({ files: [pageBuild], rules: rulesAt(web, 0, all, "page build") });
  return overrides;
}
