import type { Belongings } from "./household.ts";

/**
 * An input for every operation that decides by the resource, naming things of alice's. An operation that is missing here fails the
 * test; one that touches no file answers null and says in its own tests who may call it.
 */
export const inputs: Readonly<Record<string, (things: Belongings) => Record<string, unknown> | null>> = {
  "files.list": ({ folderId }) => ({ folderId }),
  "files.get": ({ fileId }) => ({ id: fileId }),
  "files.resolve": ({ homeId, homeName }) => ({ spaceId: homeId, path: `${homeName}/file.png` }),
  "files.createFolder": ({ folderId }) => ({ parentId: folderId, path: "made" }),
  "files.rename": ({ fileId }) => ({ id: fileId, name: "renamed.png" }),
  "files.move": ({ fileId, targetId }) => ({ ids: [fileId], folderId: targetId }),
  "files.copy": ({ fileId, targetId }) => ({ ids: [fileId], folderId: targetId }),
  "files.remove": ({ fileId }) => ({ ids: [fileId] }),
  "files.spaceMembers": ({ spaceId }) => ({ spaceId }),
  "files.setSpaceMembers": ({ spaceId, aliceId }) => ({ spaceId, members: [{ userId: aliceId, role: "manager" }] }),
  "links.create": ({ fileId }) => ({ nodeId: fileId }),
  "links.update": ({ link }) => ({ id: link.id, downloadLimit: 7 }),
  "links.remove": ({ link }) => ({ id: link.id }),
  "trash.list": ({ homeId }) => ({ spaceId: homeId }),
  "trash.restore": ({ trashId }) => ({ ids: [trashId] }),
  "trash.purge": ({ trashId }) => ({ ids: [trashId] }),
  "trash.empty": ({ homeId }) => ({ spaceId: homeId }),
  "versions.list": ({ fileId }) => ({ nodeId: fileId }),
  "versions.restore": ({ fileId, versionNumber }) => ({ nodeId: fileId, number: versionNumber }),
  "ransomware.setCanaries": ({ spaceId }) => ({ spaceId, enabled: true }),
  "versions.remove": ({ fileId, versionNumber }) => ({ nodeId: fileId, numbers: [versionNumber] }),
  // Leaves out what the caller may not see, as its own tests say.
  "tiers.states": () => null,
  "tiers.get": ({ fileId }) => ({ nodeId: fileId }),
  "tiers.setPlacement": ({ fileId }) => ({ nodeId: fileId, placement: "never" }),
  "tiers.fetch": ({ fileId }) => ({ nodeId: fileId }),
  "locks.list": ({ fileId }) => ({ nodeId: fileId }),
  "locks.set": ({ fileId }) => ({ nodeId: fileId }),
  "locks.remove": ({ fileId }) => ({ nodeId: fileId }),
  "access.panel": ({ folderId }) => ({ resource: { kind: "node", id: folderId } }),
  "access.set": ({ fileId }) => ({
    resource: { kind: "node", id: fileId },
    subject: { kind: "everyone" },
    effect: "allow",
    role: "manager",
  }),
  "access.remove": ({ entryId }) => ({ id: entryId }),
  "access.explain": ({ folderId, aliceId }) => ({
    userId: aliceId,
    action: "read",
    resource: { kind: "node", id: folderId },
  }),
  "access.reach": ({ aliceId }) => ({ userId: aliceId }),
  "usage.largest": ({ homeId }) => ({ spaceId: homeId }),
  "camera.check": ({ folderId }) => ({
    folderId,
    files: [{ name: "file.png", sizeBytes: 1, modifiedAtMs: 1, sha1: null }],
  }),
  "libraries.get": ({ libraryId }) => ({ libraryId }),
  "libraries.create": ({ shedRootId }) => ({ folderId: shedRootId, kind: "films" }),
  "libraries.update": ({ libraryId }) => ({ libraryId, name: "renamed" }),
  "libraries.remove": ({ libraryId }) => ({ libraryId }),
  "libraries.scan": ({ libraryId }) => ({ libraryId }),
  "libraries.cancel": ({ libraryId }) => ({ libraryId }),
  "libraries.items": ({ libraryId }) => ({ libraryId }),
  "works.names": ({ libraryId }) => ({ libraryId }),
  "nfo.status": ({ libraryId }) => ({ libraryId }),
  "nfo.setOn": ({ libraryId }) => ({ libraryId, isOn: true }),
  "nfo.writeAll": ({ libraryId }) => ({ libraryId }),
  "nfo.cancel": ({ libraryId }) => ({ libraryId }),
  // Works are made of items: `src/apps/media/works/works.test.ts` has strangers.
  "works.get": () => null,
  "works.ofItem": () => null,
  "works.edit": () => null,
  "works.lock": () => null,
  "works.undo": () => null,
  "works.candidates": () => null,
  "works.choose": () => null,
  "works.refresh": () => null,
  // They are about items: `src/apps/media/extras/extras.test.ts` has them, and strangers.
  "probe.facts": () => null,
  "probe.again": () => null,
  "extras.get": () => null,
  "extras.prepare": () => null,
  "extras.make": () => null,
  // They are about items of libraries, of which there are none here: `src/apps/media/photos/rights.test.ts` has them, and strangers.
  "photos.timeline": () => null,
  "photos.bucket": () => null,
  "photos.detail": () => null,
  "photos.files": () => null,
  "photos.state": () => null,
  "photos.memories": () => null,
  "photos.map": () => null,
  "photos.duplicates": () => null,
  "photos.mark": () => null,
  "photos.edit": () => null,
  "photos.shiftDates": () => null,
  "photos.albums": () => null,
  "photos.createAlbum": () => null,
  "photos.changeAlbum": () => null,
  "photos.removeAlbum": () => null,
  "photos.addToAlbum": () => null,
  "photos.removeFromAlbum": () => null,
  "photos.moveInAlbum": () => null,
  "photos.shareAlbum": () => null,
  // Nothing is played here: `src/apps/media/stream/service.test.ts` has playbacks, and strangers.
  "stream.begin": () => null,
  "stream.change": () => null,
  "stream.strike": () => null,
  "stream.end": () => null,
  // Copies of films: `src/apps/media/offline/offline.test.ts` has them, and strangers.
  "offline.options": () => null,
  "offline.request": () => null,
  "offline.cancel": () => null,
  "offline.remove": () => null,
  // They are about items of libraries: `src/apps/media/watch/watch.test.ts` has them, and strangers.
  "watch.states": () => null,
  "watch.save": () => null,
  "watch.setWatched": () => null,
  "watch.setFavourite": () => null,
  "watch.setRating": () => null,
  "watch.forget": () => null,
  "watch.item": () => null,
  "watch.ofNode": () => null,
  "watch.openRoom": () => null,
  "watch.joinRoom": () => null,
  "watch.leaveRoom": () => null,
  "watch.controlRoom": () => null,
  // `test/conformance/places.test.ts` has places, and strangers at them: here there is none.
  "places.browse": () => null,
  "places.makeFolder": () => null,
  "places.move": () => null,
  "places.remove": () => null,
  "places.carry": () => null,
};

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly default?: unknown;
}

/** For all other operations: an input that fits the schema as well as can be guessed, with alice's ids wherever an id goes. */
export function guess(schema: JsonSchema, things: Belongings, name = ""): unknown {
  const known = byName(name, things);
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (choice !== undefined) return guess(choice, things, name);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, guess(value, things, key)]),
      );
    case "array":
      return schema.items === undefined ? [] : [guess(schema.items, things, name.replace(/s$/, ""))];
    case "integer":
    case "number":
      return known ?? Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return false;
    case "string":
      return name === "id" ? things.link.id : "x".repeat(Math.max(1, schema.minLength ?? 1));
    default:
      return null;
  }
}

function byName(name: string, things: Belongings): number | undefined {
  if (name === "folderId" || name === "parentId") return things.folderId;
  if (name === "spaceId") return things.homeId;
  if (name === "userId") return things.aliceId;
  return name === "id" || name === "nodeId" ? things.fileId : undefined;
}
