import { expect, test } from "bun:test";
import { linkUrls, parseLinkSearch } from "./urls.ts";

test("addresses stay below the link, whatever the token and the etag hold", () => {
  const urls = linkUrls("a/../b");
  expect(urls.content(3)).toBe("/s/a%2F..%2Fb/content/3");
  expect(urls.preview(3, 256, 'W/"1&2"')).toBe("/s/a%2F..%2Fb/preview/3?size=256&v=W%2F%221%262%22");
  expect(urls.archive([1, 2])).toBe("/s/a%2F..%2Fb/archive?ids=1,2");
});

test("an address with nonsense opens the link's first folder", () => {
  expect(parseLinkSearch({ folder: 3, preview: 4, other: 1 })).toEqual({ folder: 3, preview: 4 });
  expect(parseLinkSearch({ folder: "x", preview: -1 })).toEqual({});
});
