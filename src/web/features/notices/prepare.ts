import type { QueryClient } from "@tanstack/react-query";
import { query } from "#web/client.ts";

/** Fetches what the banner shows before the frame is drawn, so that the page below it does not jump. */
export async function prepareNotices(client: QueryClient): Promise<void> {
  const notices = query("notices.list", {});
  await client.prefetchQuery(notices);
  if ((client.getQueryData(notices.queryKey)?.notices.length ?? 0) > 0)
    await client.prefetchQuery(query("session.list", {}));
}
