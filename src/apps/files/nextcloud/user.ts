import type { Dav } from "#apps/files/webdav";
import type { Actor } from "#platform/usecase";
import type { Person } from "#security/identity";
import type { OcsValue } from "./ocs.ts";

const unlimited = -3;

/** Who is logged in, as `cloud/user` tells: `id` is the name in the addresses of their files, or clients log out. */
export function userData({ storage }: Dav, actor: Actor, person: Person): OcsValue {
  const { name, displayName, groups } = person;
  return {
    enabled: true,
    id: actor.name,
    "display-name": displayName,
    displayname: displayName,
    email: null,
    groups,
    language: "en",
    locale: "en",
    phone: "",
    address: "",
    website: "",
    twitter: "",
    quota: quotaOf(storage, name),
    storageLocation: "",
    backend: "Hearth",
  };
}

function quotaOf(storage: Dav["storage"], name: string): OcsValue {
  const home = storage.findSpace("home", name);
  const used = home === undefined ? 0 : home.usedBytes + home.trashBytes;
  const freeOnDisk = storage.volumes().find((volume) => volume.name === home?.volume)?.freeBytes ?? 0;
  const limit = home?.quotaBytes ?? null;
  const free = limit === null ? freeOnDisk : Math.max(0, Math.min(freeOnDisk, limit - used));
  const total = limit ?? used + free;
  const relative = total === 0 ? 0 : Math.round((used / total) * 10_000) / 100;
  return { free, used, total, relative, quota: limit ?? unlimited };
}
