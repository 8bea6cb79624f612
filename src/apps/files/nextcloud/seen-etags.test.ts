import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import type { PlacedMount } from "#apps/files/mounts";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { createSeenEtags, type SeenEtags } from "./seen-etags.ts";

let cloud: TestCloud;
let etags: SeenEtags;
let familyRootId = 0;
let familyId = 0;
/** Nodes that somebody has locked; the locks themselves are tried in `files-lock.test.ts`. */
const locked = new Set<number>();
const viewers = ["anna", "ben", "root"] as const;

beforeAll(async () => {
  cloud = await openTestCloud();
  const family = await cloud.storage.createSpace({ kind: "shared", name: "family", quotaBytes: null });
  [familyId, familyRootId] = [family.id, family.rootId];
  await cloud.storage.settled();
  const all = () =>
    [...locked].map((nodeId) => ({
      token: String(nodeId),
      nodeId,
      isDeep: false,
      isExclusive: true,
      ownerXml: "",
      userId: 1,
      timeoutSeconds: 1,
      expiresAtMs: 1,
    }));
  etags = createSeenEtags({
    ...cloud,
    locks: { all, on: (nodeId: number) => all().filter((lock) => lock.nodeId === nodeId) },
  } as unknown as Parameters<typeof createSeenEtags>[0]);
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

/** Folders as a person comes to them: what can be seen below, written out, and the etag. */
type Seen = Map<string, { readonly content: string; readonly etag: string; readonly hidden: string }>;

function lookAs(actor: Actor): Seen {
  const { storage, access, mounts } = cloud;
  const placed = mounts.tree(actor);
  const etagOf = etags(actor, placed);
  const seen: Seen = new Map();
  const rightsAt = ({ id, spaceId }: NodeInfo) =>
    access
      .actionsAt(actor, { spaceId, nodeId: id })
      .filter((action) => action !== "manage")
      .join(",");
  const lockAt = ({ id }: NodeInfo) => (locked.has(id) ? " locked" : "");
  const canRead = ({ id, spaceId }: NodeInfo) => access.can(actor, "read", { spaceId, nodeId: id });
  const hiddenBelow = (node: NodeInfo): string =>
    node.kind === "file"
      ? ""
      : storage
          .children(node.id)
          .map((child) => (canRead(child) ? hiddenBelow(child) : `${node.id}/${child.id} `))
          .join("");
  const entry = (node: NodeInfo, name: string): string =>
    node.kind === "folder"
      ? `${node.id} ${name} ${node.spaceId} ${folder(node)}`
      : `${node.id} ${name} ${node.etag} ${node.modifiedAtMs} ${rightsAt(node)}${lockAt(node)}`;
  const folder = (node: NodeInfo): string => {
    const own = storage
      .children(node.id)
      .filter(canRead)
      .map((child) => entry(child, child.name));
    const here = placed.filter(({ inId }: PlacedMount) => inId === node.id);
    const entries = [...own, ...here.map((one) => entry(one.node, one.shownName))].toSorted().join("; ");
    const content = `${rightsAt(node)}${lockAt(node)}[${entries}]`;
    const mounted = placed.filter(({ above }) => above.includes(node.id)).map((one) => hiddenBelow(one.node));
    const hidden = [hiddenBelow(node), ...mounted].join("");
    seen.set(`${actor.name} ${node.spaceId} ${node.id}`, { content, etag: etagOf(node), hidden });
    return content;
  };
  const home = storage.node(cloud.homeOf(actor.name).rootId);
  if (home !== undefined) folder(home);
  return seen;
}

const nth = fc.nat(1000);
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("put", "folder"), at: nth, name: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("move", "remove", "touch"), at: nth, to: nth, name: fc.nat(6) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("entry" as const),
      at: nth,
      who: fc.nat(2),
      allow: fc.boolean(),
      actions: fc.constantFrom(1, 3, 7, 15),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("unentry", "lock"), at: nth }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("place", "decline", "accept"),
      who: fc.nat(2),
      at: nth,
      to: nth,
      name: fc.nat(6),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("members" as const), roles: fc.tuple(fc.nat(3), fc.nat(3)) }) },
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

const at = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];
const personId = (who: number) => cloud.actor(viewers[who] ?? "anna").userId;

function nodes(): NodeInfo[] {
  const below = (node: NodeInfo): NodeInfo[] => [
    node,
    ...(node.kind === "folder" ? cloud.storage.children(node.id).flatMap(below) : []),
  ];
  const roots = [cloud.homeOf("anna").rootId, cloud.homeOf("ben").rootId, familyRootId];
  return roots.flatMap((id) => below(cloud.storage.node(id) as NodeInfo));
}

async function run(step: Act): Promise<void> {
  const { storage, access, mounts } = cloud;
  const anna = cloud.actor("anna");
  const all = nodes();
  const folders = all.filter(({ kind }) => kind === "folder");
  const inner = all.filter(({ parentId }) => parentId !== null);
  if (step.kind === "put" || step.kind === "folder") {
    const place = { parentId: at(folders, step.at)?.id ?? 0, name: `${step.kind[0]}${step.name}` };
    if (step.kind === "folder") await storage.makeFolder(place, { actor: anna });
    else await storage.put(place, Buffer.from(String(Math.random())), { actor: anna });
  } else if (step.kind === "move" || step.kind === "remove" || step.kind === "touch") {
    const node = at(inner, step.at);
    if (node === undefined) return;
    if (step.kind === "remove") await storage.remove(node.id, { actor: anna });
    else if (step.kind === "touch" && node.kind === "folder") return;
    else if (step.kind === "touch") await storage.touch(node.id, 1e12 + step.to * 1000, { actor: anna });
    else
      await storage.move(node.id, { parentId: at(folders, step.to)?.id ?? 0, name: `n${step.name}` }, { actor: anna });
  } else if (step.kind === "entry") {
    access.putEntry({
      resource: { kind: "node", id: at(inner, step.at)?.id ?? familyRootId },
      subject: { kind: "user", id: personId(step.who) },
      effect: step.allow ? "allow" : "deny",
      actions: step.allow ? step.actions : 15,
      expiresAtMs: null,
      createdBy: 1,
      createdAtMs: Date.now(),
    });
  } else if (step.kind === "unentry") {
    const entry = at(access.entries(), step.at);
    if (entry !== undefined) access.removeEntry(entry.id);
  } else if (step.kind === "lock") {
    const id = at(inner, step.at)?.id ?? 0;
    if (!locked.delete(id)) locked.add(id);
  } else if (step.kind === "members") {
    const roles = [undefined, "viewer", "editor", "manager"] as const;
    const others = step.roles.flatMap((role, index) => {
      const chosen = roles[role];
      return chosen === undefined ? [] : [{ userId: personId(index), role: chosen }];
    });
    access.setMembers(familyId, [...others, { userId: personId(2), role: "manager" }]);
  } else if ("who" in step) {
    const actor = cloud.actor(viewers[step.who] ?? "anna");
    const mount = at(mounts.tree(actor), step.at);
    const declined = at(mounts.declined(actor), step.at);
    const own = folders.filter(({ spaceId }) => spaceId === cloud.homeOf(actor.name).id);
    if (step.kind === "accept") await mounts.accept(actor, declined?.node.id ?? 0);
    else if (step.kind === "decline") await mounts.decline(actor, mount?.node.id ?? 0);
    else
      await mounts.move(actor, mount?.node.id ?? 0, { folderId: at(own, step.to)?.id ?? null, name: `m${step.name}` });
  }
}

async function clear(): Promise<void> {
  locked.clear();
  for (const { id } of [...cloud.access.entries()]) cloud.access.removeEntry(id);
  const tops = nodes().filter(({ parentId }) => parentId !== null && cloud.storage.node(parentId)?.parentId === null);
  for (const { id } of tops) await cloud.storage.remove(id, { actor: cloud.actor("anna") });
}

test("the etag of a folder, as somebody sees it, changes exactly when something does that they can see below it", async () => {
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 30 }), async (steps) => {
      await clear();
      const look = () => new Map(viewers.flatMap((name) => [...lookAs(cloud.actor(name))]));
      let before = look();
      for (const step of steps) {
        try {
          await run(step);
        } catch (thrown) {
          // Refused, as a name that is taken.
          if (!(thrown instanceof AppError)) throw thrown;
        }
        const after = look();
        for (const [key, now] of after) {
          const then = before.get(key);
          if (then === undefined) continue;
          const hasChanged = then.content !== now.content;
          changes += hasChanged ? 1 : 0;
          // When the last hidden thing leaves, or the first comes, the etag may change once though nothing seen has.
          if (!hasChanged && then.hidden !== now.hidden) continue;
          if ((then.etag !== now.etag) !== hasChanged) {
            throw new Error(
              `${JSON.stringify(step)}: ${key}\n${then.etag} ${then.content}\n${now.etag} ${now.content}`,
            );
          }
        }
        before = after;
      }
    }),
    { numRuns: 60 },
  );
  expect(changes).toBeGreaterThan(250);
}, 60_000);
