import type { Search } from "#apps/files/search";
import { hrefOfNode, readCall } from "#apps/files/webdav";
import type { NodeInfo } from "#storage/primary";
import { davRoot } from "./addresses.ts";
import { privateLinkPath } from "./node-pages.ts";
import type { OcsValue } from "./ocs.ts";
import type { OcsHandler, OcsOperation } from "./ocs-routes.ts";
import { originOf } from "./origin.ts";
import { createSurface, type SurfaceDeps } from "./surface.ts";

export interface SearchProviderDeps extends SurfaceDeps {
  readonly find: Search["find"];
}

const defaultLimit = 5;
const maxLimit = 50;
const provider = {
  id: "files",
  appId: "files",
  name: "Files",
  icon: "/apps/files/img/app.svg",
  order: 5,
  isPaginated: false,
};
const nothing = { name: provider.name, isPaginated: false, entries: [], cursor: null };

/**
 * The one search of the apps (`search/providers`, unified search since Nextcloud 20): files by name and by text. One page, the best
 * first; what an app asks beyond it is empty.
 */
export function searchProviders(deps: SearchProviderDeps): readonly OcsOperation[] {
  const search: OcsHandler = async ({ request, context, query }, actor): Promise<OcsValue> => {
    const term = (query.get("term") ?? "").trim().slice(0, 500);
    if (term === "" || Number(query.get("cursor") ?? 0) > 0) return nothing;
    const limit = Math.min(Math.max(Number.parseInt(query.get("limit") ?? "", 10) || defaultLimit, 1), maxLimit);
    const { hits } = await deps.find(actor, { query: term, inText: true, limit });
    const root = `${davRoot}/files/${actor.name}`;
    const surface = createSurface(deps, actor, root);
    const call = readCall(request, context, actor, surface, { names: ["home"], endsWithSlash: true });
    const pathOf = (node: NodeInfo) => decodeURIComponent(hrefOfNode(deps.dav, call, node.id).slice(root.length));
    const origin = originOf(request);
    const entries = hits.map(({ node, snippet }) => {
      const path = pathOf(node);
      const folder = path.slice(0, path.lastIndexOf("/"));
      return {
        thumbnailUrl:
          node.kind === "folder"
            ? ""
            : `${origin}/index.php/core/preview?x=32&y=32&fileId=${node.id}&mimeFallback=true`,
        title: node.name,
        subline: snippet.length > 0 ? snippet.map(({ text }) => text).join("") : folder.slice(1),
        resourceUrl: `${origin}${privateLinkPath}${node.id}`,
        icon: node.kind === "folder" ? "icon-folder" : "",
        rounded: false,
        attributes: { fileId: String(node.id), path },
      };
    });
    return { ...nothing, entries };
  };
  return [
    { key: "GET search/providers", handle: () => [provider] },
    { key: "GET search/providers/files/search", handle: search },
  ];
}
