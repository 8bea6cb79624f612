import { ActionIcon } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";

/** Leads to the player, when the file is in a library: there it plays in every browser, with subtitles, and is remembered. */
export function PlayLink({ nodeId }: { readonly nodeId: number }) {
  const { data } = useQuery(query("watch.ofNode", { nodeId }));
  if (!data?.item) return null;
  const { itemId } = data.item;
  const label = strings.preview.play;
  return (
    <ActionIcon
      size={44}
      renderRoot={(props) => <Link {...props} to="/watch/$itemId" params={{ itemId: String(itemId) }} />}
      aria-label={label}
      title={label}
    >
      <IconPlayerPlay size={20} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}
