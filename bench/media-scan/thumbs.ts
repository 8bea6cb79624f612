import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createPreviews, type Previews } from "#apps/files/previews";
import { createDerivedCache } from "#cache/derived";
import type { NodeInfo } from "#storage/primary";
import { openTestCloud } from "../../test/kit/index.ts";
import { interleave } from "../kit/rounds.ts";
import type { Figure, PartResult, Settings } from "../kit/types.ts";
import { ratioVerdict } from "../kit/verdict.ts";

/** Side lengths of a picture of 12 megapixels. */
const [width, height] = [4032, 3024];
const counts = { quick: 6, full: 16 } as const;
const atOnce = 2;
const size = 480;
const webp = { quality: 76, effort: 2 };

/** Soft shapes with the noise of a camera: as hard to unpack as a photo. */
async function makePhotos(folder: string, count: number): Promise<void> {
  const { default: sharp } = await import("sharp");
  mkdirSync(folder, { recursive: true });
  const noisy = (across: number, down: number, sigma: number) =>
    sharp({
      create: {
        ...{ width: across, height: down, channels: 3, background: "#808080" },
        noise: { type: "gaussian", mean: 128, sigma },
      },
    });
  const raw = { width, height, channels: 3 } as const;
  const grain = await noisy(width, height, 14).raw().toBuffer();
  for (let number = 0; number < count; number += 1) {
    const shapes = await noisy(16, 12, 60).resize(width, height, { kernel: "cubic" }).raw().toBuffer();
    const photo = sharp(shapes, { raw }).composite([{ input: grain, raw, blend: "soft-light" }]);
    const path = join(folder, `photo ${number}`);
    if (number % 8 === 6) await photo.png({ compressionLevel: 1 }).toFile(`${path}.png`);
    else if (number % 8 === 7) await photo.webp({ quality: 85, effort: 0 }).toFile(`${path}.webp`);
    else await photo.jpeg({ quality: 90 }).toFile(`${path}.jpg`);
  }
}

/** The image library alone with the settings of the product. */
async function bareSharp(folder: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  const names = readdirSync(folder).values();
  const lane = async () => {
    for (const name of names) {
      await sharp(join(folder, name), { failOn: "none", sequentialRead: true })
        .autoOrient()
        .resize(size, size, { fit: "inside", withoutEnlargement: true })
        .webp(webp)
        .toBuffer();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Pictures of photos made small by the way the timeline takes, beside the bare image library at the same concurrency. */
export async function thumbs({ tempRoot, quick, rounds }: Settings): Promise<PartResult> {
  const folder = mkdtempSync(join(tempRoot, "hearth-bench-thumbs-"));
  const photos = join(folder, "photos");
  const count = counts[quick ? "quick" : "full"];
  await makePhotos(photos, count);
  const cloud = await openTestCloud();
  const { deps, storage, access } = cloud;
  const target = join(cloud.homePath("anna"), "Photos");
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(photos)) copyFileSync(join(photos, name), join(target, name));
  storage.refresh(cloud.homeOf("anna").rootId);
  await storage.settled();
  const nodes = storage
    .children(cloud.homeOf("anna").rootId)
    .filter(({ name }) => name === "Photos")
    .flatMap(({ id }) => storage.children(id));
  if (nodes.length !== count) throw new Error(`${nodes.length} of ${count} photos are there`);
  let run = 0;
  /** Each time with a cache of its own, so that every picture is made. */
  const household = (of: (previews: Previews, node: NodeInfo) => Promise<unknown>) => async (): Promise<void> => {
    const cacheFolder = join(folder, `cache ${(run += 1)}`);
    const cache = createDerivedCache({ ...deps, folder: cacheFolder, budgetBytes: 100_000_000 });
    const previews = createPreviews({ ...deps, storage, access, cache });
    await Promise.all(nodes.map((node) => of(previews, node)));
    await previews.stop();
  };
  const thumb = async (previews: Previews, node: NodeInfo): Promise<void> => {
    const { status } = await previews.respond(new Request(`http://hearth/?size=${size}`), node);
    if (status !== 200) throw new Error("a picture was not made");
  };
  const rate = (work: () => Promise<void>) => async () => {
    const startedAt = performance.now();
    await work();
    return (count * 1000) / (performance.now() - startedAt);
  };
  try {
    const figure: Figure = {
      ...{ part: "thumbs", title: `${count} photos of 12 megapixels made small`, unit: "photos/s" },
      note: "for the timeline: with a sample for comparing and the size",
      samples: await interleave(
        [
          { name: "Hearth", run: rate(household(thumb)) },
          { name: "Hearth, for the timeline", run: rate(household((previews, { id }) => previews.look(id))) },
          { name: "bare sharp", run: rate(() => bareSharp(photos)) },
        ],
        rounds,
      ),
    };
    return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "bare sharp", atLeast: 0.9 }) };
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
