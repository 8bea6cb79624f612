import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import type { StatusLevel } from "#web/ui/index.ts";

const fullFrom = 0.95;

/** The one sentence of the home page, from what is known for certain: which disks and places answer, and how full they are. */
export function headline(usage: Output<"files.usage">): { readonly level: StatusLevel; readonly text: string } {
  const t = strings.rooms.home;
  const offline = [
    ...usage.volumes.filter((volume) => !volume.online).map((volume) => volume.name),
    ...(usage.volumes.length > 0
      ? []
      : usage.spaces.filter(({ space }) => !space.volumeOnline).map(({ space }) => space.name)),
  ];
  if (offline.length > 0) return { level: "now", text: t.offline(offline.join(", ")) };
  const volume = usage.volumes.find((each) => each.sizeBytes > 0 && each.freeBytes / each.sizeBytes < 1 - fullFrom);
  if (volume) return { level: "soon", text: t.full(volume.name) };
  const space = usage.spaces.find(
    ({ space: each }) => each.quotaBytes !== null && each.usedBytes > each.quotaBytes * fullFrom,
  )?.space;
  if (space) return { level: "soon", text: t.full(space.kind === "home" ? t.myFiles : space.name) };
  return { level: "good", text: t.fine };
}
