import type { Item } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Converter } from "./converter.ts";
import type { ExtraFiles } from "./files.ts";
import { convertTaken } from "./make-subtitles.ts";
import type { Making } from "./making.ts";
import type { Preparation } from "./preparing.ts";
import type { ExtraRows } from "./repository.ts";

export interface ProvidingDeps {
  readonly rows: ExtraRows;
  readonly files: ExtraFiles;
  readonly making: Pick<Making, "ensureNow">;
  readonly preparation: Pick<Preparation, "failureOf">;
  readonly converter: Pick<Converter, "webVtt">;
  readonly facts: (item: Item) => MediaFacts | undefined;
  /** How long somebody is let wait for an answer. */
  readonly patienceMs: number;
}

const retryAfterSeconds = 10;

/**
 * Makes `sN.…` or `fontN` while somebody waits, where the film has such a one; also what was lost from the disk. What takes long goes on
 * without them: throws `unavailable`, as for what failed a moment ago.
 */
export function provide(deps: ProvidingDeps, item: Item, contentKey: string, name: string): Promise<void> {
  const late = () =>
    new AppError("unavailable", "This is being taken out of the film; ask again in a while.", { retryAfterSeconds });
  return inTime(provideAll(deps, item, contentKey, name), deps.patienceMs, late);
}

async function provideAll(deps: ProvidingDeps, item: Item, contentKey: string, name: string): Promise<void> {
  const { rows, files, making } = deps;
  const isThere = (what: string) => Bun.file(files.path(contentKey, what)).exists();
  const [, form, digits] = /^(s|font)(\d+)/.exec(name) ?? [];
  const facts = deps.facts(item);
  if (form === undefined || facts === undefined || (await isThere(name))) return;
  const isMeant = ({ index }: { readonly index: number }) => index === Number(digits);
  if (form === "font") {
    if (!facts.fonts.some(isMeant)) return;
    if (rows.get(contentKey, "fonts")?.some(isMeant) === true) rows.forget(contentKey, "fonts");
    return making.ensureNow(item, "fonts");
  }
  if (!facts.subtitles.some(isMeant)) return;
  const taken = () => rows.get(contentKey, "subtitles")?.find(isMeant);
  const before = taken();
  if (before !== undefined && !(await isThere(before.file))) rows.forget(contentKey, "subtitles");
  if (rows.get(contentKey, "subtitles") === undefined && deps.preparation.failureOf(contentKey) !== undefined)
    throw new AppError("unavailable", "The subtitles could not be taken out of this film.", { retryAfterSeconds });
  await making.ensureNow(item, "subtitles");
  const now = taken();
  if (now !== undefined && name.endsWith(".vtt") && !(await isThere(name))) {
    await convertTaken(deps, contentKey, now, facts);
  }
}
