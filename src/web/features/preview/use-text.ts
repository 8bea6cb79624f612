import { useQuery } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import { problemOf } from "#web/client.ts";
import { textLimitBytes } from "./kinds.ts";
import { decodeText } from "./text.ts";
import { useContentUrls } from "./urls.ts";

/** The beginning of a file as text: `text` is null for bytes that are none, `cut` says that there is more. */
export function useText(node: Node) {
  const url = useContentUrls().content(node.id);
  return useQuery({
    queryKey: ["preview.text", url, node.etag],
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      if (node.sizeBytes === 0) return { text: "", cut: false };
      const response = await fetch(url, { headers: { range: `bytes=0-${textLimitBytes - 1}` }, signal });
      if (!response.ok) throw await problemOf(response);
      const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, textLimitBytes);
      return { text: decodeText(bytes), cut: node.sizeBytes > textLimitBytes };
    },
  });
}
