import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import type { StatusLevel } from "#web/ui/index.ts";

/** The one sentence of the home page, from what is known for certain: which disks and places answer, and how full they are. */
export function headline(usage: Output<"usage.overview">): { readonly level: StatusLevel; readonly text: string } {
  const t = strings.rooms.home;
  const { disks, places } = usage;
  const nameOf = ({ kind, name }: (typeof places)[number]) => (kind === "home" ? t.myFiles : name);
  const offline = [
    ...disks.filter(({ online }) => !online).map(({ name }) => name),
    ...(disks.length > 0 ? [] : places.filter(({ online }) => !online).map(nameOf)),
  ];
  if (offline.length > 0) return { level: "now", text: t.offline(offline.join(", ")) };
  const disk = disks.find(({ fill }) => isFilling(fill));
  if (disk) return { level: "soon", text: t.full(disk.name) };
  const place = places.find(({ fill }) => isFilling(fill));
  if (place) return { level: "soon", text: t.full(nameOf(place)) };
  return { level: "good", text: t.fine };
}

const isFilling = ({ level }: { readonly level: string }) => level === "nearly" || level === "full";
