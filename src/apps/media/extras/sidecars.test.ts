import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import type { Item } from "#apps/media/library";
import { systemClock } from "#platform/clock";
import { createConverter } from "./converter.ts";
import { createExtraFiles } from "./files.ts";
import { createExtraRows } from "./repository.ts";
import { type Sidecar, sidecarVtt } from "./sidecars.ts";

let cloud: TestCloud;
const folder = mkdtempSync(join(tmpdir(), "hearth-sidecars-"));
const converter = createConverter();
let conversions = 0;
beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(async () => {
  await converter.stop();
  await cloud.close();
  rmSync(folder, { recursive: true });
});

function sidecarOf(name: string, text: string, contentKey: string | null): Sidecar {
  const { id: nodeId, etag } = cloud.plant("anna", name, text);
  const item = { nodeId, etag, contentKey } as Item;
  return {
    ...{ item, format: "subrip", form: "text", language: null, title: null },
    ...{ isDefault: false, isForced: false, isHearingImpaired: false },
  };
}

test("a subtitle file is converted once for its content, and one of which no key is known each time", async () => {
  const rows = createExtraRows(cloud.deps.db, systemClock);
  const reading = {
    rows,
    storage: cloud.storage,
    files: createExtraFiles(folder),
    converter: {
      ...converter,
      webVtt: (input: Parameters<typeof converter.webVtt>[0]) => {
        conversions += 1;
        return converter.webVtt(input);
      },
    },
  };
  const srt = "1\n00:00:01,000 --> 00:00:02,000\nGrüß Gott\n";
  const keyed = sidecarOf("film.srt", srt, `1-${"ab".repeat(16)}`);
  const first = await sidecarVtt(reading, keyed, undefined);
  expect(first).toContain("00:00:01.000 --> 00:00:02.000\nGrüß Gott");
  expect(await sidecarVtt(reading, keyed, undefined)).toBe(first);
  // The same content under another name.
  expect(await sidecarVtt(reading, sidecarOf("other.srt", srt, keyed.item.contentKey), undefined)).toBe(first);
  expect(conversions).toBe(1);
  // Of a content that no item has any more it goes like all that was made.
  expect(rows.orphans(10)).toEqual([keyed.item.contentKey ?? ""]);
  // Of another language it is read otherwise.
  await sidecarVtt(reading, { ...keyed, language: "ru" }, undefined);
  expect(conversions).toBe(2);
  const unkeyed = sidecarOf("new.srt", srt, null);
  expect([await sidecarVtt(reading, unkeyed, undefined), await sidecarVtt(reading, unkeyed, undefined)]).toEqual([
    first,
    first,
  ]);
  expect(conversions).toBe(4);
  // Replaced, and not seen yet.
  const replaced = { ...keyed, language: "de", item: { ...keyed.item, etag: "before" } };
  await sidecarVtt(reading, replaced, undefined);
  await sidecarVtt(reading, replaced, undefined);
  expect(conversions).toBe(6);
  const empty = sidecarOf("empty.srt", "nothing", `2-${"cd".repeat(16)}`);
  expect([await sidecarVtt(reading, empty, undefined), await sidecarVtt(reading, empty, undefined)]).toEqual([
    null,
    null,
  ]);
}, 60_000);

test("a file that passes for the content of another one is converted by itself", async () => {
  const rows = createExtraRows(cloud.deps.db, systemClock);
  const reading = { rows, storage: cloud.storage, files: createExtraFiles(folder), converter };
  const key = `1-${"cd".repeat(16)}`;
  const { rootId } = cloud.homeOf("anna");
  const sent = async (name: string, text: string): Promise<Sidecar> => {
    const content = Buffer.from(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`);
    const { node } = await cloud.storage.put({ parentId: rootId, name }, content, { actor: cloud.actor("anna") });
    expect(node.sha1).not.toBeNull();
    return {
      ...sidecarOf(`${name}.srt`, "", key),
      item: { nodeId: node.id, etag: node.etag, contentKey: key } as Item,
    };
  };
  expect(await sidecarVtt(reading, await sent("true.srt", "true"), undefined)).toContain("true");
  expect(await sidecarVtt(reading, await sent("false.srt", "false"), undefined)).toContain("false");
});
