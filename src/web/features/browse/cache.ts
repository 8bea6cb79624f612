import type { QueryClient } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import type { Output } from "#web/client.ts";

type Page = Output<"files.list">;
/** The cached pages as they were, to put back when the server refuses. */
export type Snapshot = readonly (readonly [readonly unknown[], Page | undefined])[];

/** Changes every cached page of every folder at once; the answer undoes it. */
async function editPages(client: QueryClient, edit: (page: Page) => Page): Promise<Snapshot> {
  await client.cancelQueries({ queryKey: ["files.list"] });
  const before = client.getQueriesData<Page>({ queryKey: ["files.list"] });
  client.setQueriesData<Page>({ queryKey: ["files.list"] }, (page) => page && edit(page));
  return before;
}

export function withoutNodes(page: Page, ids: ReadonlySet<number>): Page {
  const nodes = page.nodes.filter((node) => !ids.has(node.id));
  if (nodes.length === page.nodes.length) return page;
  return { ...page, nodes, total: page.total - (page.nodes.length - nodes.length) };
}

export function withRenamed(page: Page, id: number, name: string): Page {
  if (!page.nodes.some((node) => node.id === id)) return page;
  return { ...page, nodes: page.nodes.map((node) => (node.id === id ? { ...node, name } : node)) };
}

/** Takes nodes off the screen before the server has answered. */
export function hideNodes(client: QueryClient, nodes: readonly Node[]): Promise<Snapshot> {
  const ids = new Set(nodes.map((node) => node.id));
  return editPages(client, (page) => withoutNodes(page, ids));
}

/** Shows the new name before the server has answered. */
export function showRenamed(client: QueryClient, id: number, name: string): Promise<Snapshot> {
  return editPages(client, (page) => withRenamed(page, id, name));
}

export function putBack(client: QueryClient, snapshot: Snapshot): void {
  for (const [key, page] of snapshot) client.setQueryData(key, page);
}
