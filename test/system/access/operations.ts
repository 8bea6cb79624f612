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
  "versions.remove": ({ fileId, versionNumber }) => ({ nodeId: fileId, numbers: [versionNumber] }),
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
