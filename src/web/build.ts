import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeStyles } from "./build-styles.ts";
import { icon, manifest, maskableIcon } from "./pwa.ts";

/** What the bundler left in the folder. */
export interface WebBuild {
  readonly outDir: string;
  /** Scripts below `assets/`, with their size. */
  readonly scripts: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/**
 * Bundles the page into `outDir`: `index.html`, `manifest.webmanifest`, icons, and `assets/` whose names hold a hash of their
 * content, so a server may let browsers keep them for ever. Nothing in the HTML is inline: `script-src 'self'` is enough.
 */
export async function buildWeb(outDir: string): Promise<WebBuild> {
  const root = import.meta.dir;
  const assetsDir = join(outDir, "assets");
  await rm(outDir, { recursive: true, force: true });
  await mkdir(assetsDir, { recursive: true });
  const common = {
    outdir: assetsDir,
    target: "browser",
    format: "esm",
    minify: true,
    publicPath: "/assets/",
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  } as const;
  const drawers = await buildDrawers(common);
  const built = await Bun.build({
    ...common,
    entrypoints: [join(root, "main.tsx"), join(root, "scheme.ts")],
    splitting: true,
    define: { "process.env.NODE_ENV": '"production"', ...drawers.define },
  });
  const files = [...drawers.outputs, ...built.outputs].map((output) => ({
    name: basename(output.path),
    sizeBytes: output.size,
    kind: output.kind,
  }));
  const isSheet = (name: string): boolean => name.endsWith(".css");
  const entry = (stem: string): string => {
    const found = files.find(
      (file) => file.kind === "entry-point" && !isSheet(file.name) && file.name.startsWith(`${stem}-`),
    );
    if (!found) throw new Error(`the bundler made no entry ${stem}`);
    return found.name;
  };
  const sheets = files.map((file) => file.name).filter(isSheet);
  const mainFirst = sheets.toSorted((a, b) => Number(b.startsWith("main-")) - Number(a.startsWith("main-")));
  const { sheet, font } = await writeStyles(assetsDir, mainFirst);
  const tags = [
    `<link rel="preload" href="/assets/${font}" as="font" type="font/woff2" crossorigin />`,
    `<link rel="stylesheet" href="/assets/${sheet}" />`,
    `<script src="/assets/${entry("scheme")}"></script>`,
    `<script type="module" src="/assets/${entry("main")}"></script>`,
  ];
  await buildWorker(
    outDir,
    files.filter((file) => /\.(js|css|woff2|wasm)$/.test(file.name)).map(({ name }) => `/assets/${name}`),
  );
  const html = await Bun.file(join(root, "index.html")).text();
  await Promise.all([
    Bun.write(join(outDir, "index.html"), html.replace("<!-- assets -->", tags.join("\n    "))),
    Bun.write(join(outDir, "manifest.webmanifest"), JSON.stringify(manifest)),
    Bun.write(join(outDir, "icon.svg"), icon),
    Bun.write(join(outDir, "icon-maskable.svg"), maskableIcon),
  ]);
  const scripts = files.filter((file) => file.name.endsWith(".js"));
  return { outDir, scripts: scripts.map(({ name, sizeBytes }) => ({ name, sizeBytes })) };
}

/** The workers that draw subtitles, and their addresses for the page. What one is made of lies beside it, by a name of its own. */
async function buildDrawers(common: Omit<Bun.BuildConfig, "entrypoints">) {
  const names = { ASS_WORKER: "ass-worker", PGS_WORKER: "pgs-worker" } as const;
  const entrypoints = Object.values(names).map((name) => join(import.meta.dir, "features", "player", `${name}.ts`));
  const { outputs } = await Bun.build({ ...common, entrypoints });
  const addressOf = (name: string): string => {
    const found = outputs.find(({ kind, path }) => kind === "entry-point" && basename(path).startsWith(`${name}-`));
    if (found === undefined) throw new Error(`the bundler made no ${name}`);
    return `/assets/${basename(found.path)}`;
  };
  const define = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, JSON.stringify(addressOf(name))]));
  return { outputs, define };
}

/** Its address never changes: browsers fetch it anew at each start and compare. */
async function buildWorker(outDir: string, assets: readonly string[]): Promise<void> {
  await Bun.build({
    entrypoints: [join(import.meta.dir, "installed", "worker.ts")],
    outdir: outDir,
    target: "browser",
    format: "iife",
    minify: true,
    naming: { entry: "service-worker.[ext]" },
    define: { ASSETS: JSON.stringify(assets) },
  });
}

if (import.meta.main) {
  const { outDir, scripts } = await buildWeb(process.argv[2] ?? "dist/web");
  const sizeBytes = scripts.reduce((sum, script) => sum + script.sizeBytes, 0);
  console.log(`${outDir}: ${scripts.length} scripts, ${Math.round(sizeBytes / 1024)} KiB`);
}
