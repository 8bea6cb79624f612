import { open } from "node:fs/promises";
import { join } from "node:path";
import type { MediaFacts } from "#apps/media/probe";
import type { Exec } from "#platform/exec";
import type { ExtraFiles } from "./files.ts";
import type { ExtraValues } from "./repository.ts";
import { type MakeOptions, runFfmpeg, type Source, Unmakeable } from "./run-ffmpeg.ts";

/** Of one film; what is beyond is drawn with another font. */
const maxFonts = 60;
const maxFontBytes = 32 * 2 ** 20;
const maxAllBytes = 128 * 2 ** 20;
const timeoutMs = 60_000;

const styled = new Set(["ass", "ssa"]);

/** The fonts that are attached to a film with styled subtitles, all at once: they stand at its beginning or end. */
export async function makeFonts(
  exec: Exec,
  files: ExtraFiles,
  contentKey: string,
  source: Source,
  facts: MediaFacts,
  options: MakeOptions,
): Promise<ExtraValues["fonts"]> {
  const wanted = hasStyled(facts) ? facts.fonts.slice(0, maxFonts) : [];
  if (wanted.length === 0) return [];
  return files.make(contentKey, async (folder) => {
    const dumps = wanted.flatMap(({ index }) => [`-dump_attachment:${index}`, join(folder, `font${index}`)]);
    // Without an output ffmpeg says that one is missing, after it has written the attachments.
    await runFfmpeg(exec, source, { before: dumps, after: [] }, options, { timeoutMs }).catch((thrown: unknown) => {
      if (!(thrown instanceof Unmakeable) || thrown.why !== "damaged") throw thrown;
    });
    const made: { index: number }[] = [];
    let allBytes = 0;
    for (const { index } of wanted) {
      const sizeBytes = await fontBytes(join(folder, `font${index}`));
      if (sizeBytes === 0 || sizeBytes > maxFontBytes || allBytes + sizeBytes > maxAllBytes) continue;
      allBytes += sizeBytes;
      made.push({ index });
    }
    return { files: made.map(({ index }) => `font${index}`), value: made };
  });
}

export const hasStyled = ({ subtitles }: MediaFacts): boolean => subtitles.some(({ codec }) => styled.has(codec));

/** Its length when it begins as a font does (OpenType, TrueType, a collection, WOFF), else 0. */
async function fontBytes(path: string): Promise<number> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const isFont = ["00010000", "4f54544f", "74727565", "74746366", "774f4646", "774f4632"].includes(
      buffer.toString("hex", 0, bytesRead),
    );
    return isFont ? (await file.stat()).size : 0;
  } finally {
    await file.close();
  }
}
