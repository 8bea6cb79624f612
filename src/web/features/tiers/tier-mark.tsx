import { IconSnowflake } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import { call, query } from "#web/client.ts";
import { tiers as t } from "#web/strings/tiers.ts";
import { statesBatch } from "./states-batch.ts";
import classes from "./tiers.module.css";

const stateOf = statesBatch((nodeIds) => call("tiers.states", { nodeIds }).then(({ states }) => states));
/** Smaller files never leave. */
const smallestBytes = 64 * 1024;
const staleMs = 30_000;
const fetchingMs = 1_000;

/** Says in the list that a file's content is elsewhere, or on its way back. */
export function TierMark({ node }: { readonly node: Node }) {
  // Only what the frame knows: a visitor of a link, for whom nobody is logged in, asks for nothing.
  const { data: session } = useQuery({ ...query("session.current", {}), enabled: false });
  const { data: any } = useQuery({
    ...query("tiers.states", { nodeIds: [] }),
    enabled: Boolean(session?.person),
    staleTime: staleMs,
  });
  const isAsked = any?.available === true && node.id > 0 && node.kind === "file" && node.sizeBytes >= smallestBytes;
  const { data: state } = useQuery({
    queryKey: ["tiers.states", "one", node.id, node.etag],
    queryFn: () => stateOf(node.id),
    enabled: isAsked,
    staleTime: staleMs,
    refetchInterval: ({ state: { data } }) => (data?.fetchedBytes == null ? false : fetchingMs),
  });
  if (state?.where !== "cold") return null;
  const label =
    state.fetchedBytes === null ? t.badge : t.badgeFetching(Math.floor((state.fetchedBytes / node.sizeBytes) * 100));
  return (
    <span className={classes.mark} title={label}>
      <IconSnowflake size={16} role="img" aria-label={label} />
    </span>
  );
}
