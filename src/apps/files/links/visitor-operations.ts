import { createVisibleSizes, presentNode } from "#apps/files/browse";
import type { linksContract } from "#contract/apps/files/links";
import { AppError } from "#platform/errors";
import type { Handlers, UseCaseContext } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { type Gate, type LiveLink, requireDownloadsLeft } from "./gate.ts";
import type { LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";
import { isUnlocked, unlockCookie } from "./unlock.ts";

type Operations = "publicLink.open" | "publicLink.list";

/** A use is written down at most so often. */
const noteEveryMs = 60_000;

/** What a visitor of a link asks. */
export function visitorHandlers(
  deps: LinksDeps,
  repository: LinksRepository,
  gate: Gate,
): Pick<Handlers<typeof linksContract>, Operations> {
  const { storage, clock, passwords, delays, personName } = deps;

  const sizedFor = ({ sight }: LiveLink) => createVisibleSizes(storage, sight);
  const unlock = async (context: UseCaseContext, { link }: LiveLink, password: string): Promise<void> => {
    const attempt = delays.begin(`link ${link.id}`, context.address);
    const matches = await passwords.verify(password, link.passwordHash ?? undefined).catch((thrown: unknown) => {
      attempt.withdraw();
      throw thrown;
    });
    if (!matches) throw new AppError("unauthenticated", "That is not the password of this link.");
    attempt.succeed();
    context.replyHeaders.append("set-cookie", unlockCookie(link, clock.now(), context.secure));
  };

  return {
    "publicLink.open": async (context, { token, password }) => {
      const live = gate.live(token);
      const { link, node } = live;
      requireDownloadsLeft(link);
      const sharedBy = personName(link.creatorId) ?? "";
      const { mode, expiresAtMs } = link;
      const seenByAll = { mode, sharedBy, expiresAtMs, limited: link.downloadLimit !== null };
      const locked = link.passwordHash !== null && !isUnlocked(link, context.cookieHeader, clock.now());
      if (locked && password === undefined) {
        return { ...seenByAll, needsPassword: true, name: "", root: null };
      }
      if (locked && password !== undefined) await unlock(context, live, password);
      const now = clock.now();
      if (now - (link.lastUsedAtMs ?? 0) > noteEveryMs) repository.update(link.id, { lastUsedAtMs: now });
      return {
        ...seenByAll,
        needsPassword: false,
        name: node.name === "" ? storage.space(node.spaceId).name : node.name,
        root: link.mode === "view" ? presentBelow(sizedFor(live)(node), node) : null,
      };
    },
    "publicLink.list": (context, { token, folderId, offset, limit }) => {
      const live = gate.viewable(token, context.cookieHeader);
      requireDownloadsLeft(live.link);
      const { id, kind, name } = gate.within(live, folderId ?? live.node.id);
      if (kind !== "folder") throw new AppError("bad-request", `${name} is not a folder.`);
      const folder = storage.refresh(id);
      const { nodes, total } = storage.page(id, { offset, limit, filter: live.sight.entries });
      const path = storage.lineage(id);
      const below = path.slice(path.findIndex((step) => step.id === live.node.id));
      const sized = sizedFor(live);
      return {
        folder: presentBelow(sized(folder), live.node),
        path: below.map((step) => ({ id: step.id, name: step.name })),
        nodes: nodes.map((node) => presentBelow(sized(node), live.node)),
        total,
      };
    },
  };
}

/** As everybody sees a node, without what lies above the link. */
function presentBelow(node: NodeInfo, root: NodeInfo) {
  const parentId = node.id === root.id ? null : node.parentId;
  return presentNode(node, { shared: false, canWrite: false, canShare: false, parentId });
}
