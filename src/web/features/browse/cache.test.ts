import { expect, test } from "bun:test";
import { QueryClient } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import { hideNodes, putBack, showRenamed, withoutNodes, withRenamed } from "./cache.ts";

const node = (id: number, parentId: number | null = 1): Node => ({
  id,
  spaceId: 1,
  parentId,
  name: `n${id}`,
  kind: "file",
  sizeBytes: 0,
  count: 0,
  modifiedAtMs: 0,
  mime: "",
  etag: "",
  hasPreview: false,
  shared: false,
  canWrite: true,
  canShare: true,
});
const page = { folder: node(1, null), path: [], nodes: [node(2), node(3)], total: 40 };

test("a page loses what is deleted, and its total follows", () => {
  expect(withoutNodes(page, new Set([3, 9]))).toMatchObject({ nodes: [{ id: 2 }], total: 39 });
  expect(withoutNodes(page, new Set([9]))).toBe(page);
  expect(withRenamed(page, 3, "new").nodes[1]?.name).toBe("new");
  expect(withRenamed(page, 9, "new")).toBe(page);
});

test("every cached page changes at once and is put back when the server refuses", async () => {
  const client = new QueryClient();
  const keys = [
    ["files.list", { folderId: 1, offset: 0 }],
    ["files.list", { folderId: 1, sort: "size" }],
  ];
  for (const key of keys) client.setQueryData(key, page);
  const first = await showRenamed(client, 2, "renamed");
  const second = await hideNodes(client, [node(3)]);
  for (const key of keys) expect(client.getQueryData(key)).toMatchObject({ nodes: [{ name: "renamed" }], total: 39 });
  putBack(client, second);
  putBack(client, first);
  for (const key of keys) expect(client.getQueryData<unknown>(key)).toEqual(page);
});
