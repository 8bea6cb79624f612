import { Modal, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { Link } from "#contract/apps/files/links";
import type { AccessEntry } from "#contract/security/access";
import { query } from "#web/client.ts";
import { EntriesPart, EntryForm, SightPart, usePanel } from "#web/features/access/index.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorState, useAfter } from "#web/ui/index.ts";
import { LinkForm } from "./link-form.tsx";
import { LinksPart } from "./links-part.tsx";
import classes from "./sharing.module.css";
import { useLinks } from "./use-links.ts";

const t = strings.sharing;

export interface ShareDialogProps {
  readonly node: Pick<Node, "id" | "name" | "kind" | "canShare">;
  readonly opened: boolean;
  onClose(): void;
}

/** Who can get at a file or folder: people and groups, links, and everybody who can see it with the reason. */
export function ShareDialog({ node, opened, onClose }: ShareDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={node.canShare ? t.title(node.name) : t.titleSeen(node.name)}
      size={560}
      closeButtonProps={{ "aria-label": strings.common.close }}
      styles={{ title: { overflowWrap: "anywhere", fontWeight: 550 } }}
    >
      <Sharing node={node} onClose={onClose} />
    </Modal>
  );
}

/** A form that stands in place of the lists; `null` in it is something new. */
type Editing = { readonly link: Link | null } | { readonly entry: AccessEntry | null } | null;

function Sharing({ node, onClose }: Pick<ShareDialogProps, "node" | "onClose">) {
  const { can } = useSession();
  const mayLink = node.canShare && can("links.create");
  const panel = usePanel(node.id);
  const links = useQuery({ ...query("links.list", { nodeId: node.id }), enabled: mayLink });
  const [editing, setEditing] = useState<Editing>(null);
  const place = useFocusKept(editing);
  const waiting = useAfter(panel.isPending);
  const error = panel.error ?? links.error;
  if (error) return <ErrorState error={error} />;
  if (!panel.data || (mayLink && !links.data))
    return (
      <Stack mih={240}>{waiting && [48, 48, 120].map((height, at) => <Skeleton key={at} height={height} />)}</Stack>
    );
  const done = (): void => setEditing(null);
  if (editing)
    return (
      <div ref={place} tabIndex={-1} className={classes.place}>
        {"entry" in editing ? (
          <EntryForm nodeId={node.id} panel={panel.data} entry={editing.entry} onDone={done} />
        ) : (
          <EditLink node={node} link={editing.link} onDone={done} />
        )}
      </div>
    );
  return (
    <Stack gap="lg" ref={place} tabIndex={-1} className={classes.place}>
      <EntriesPart nodeId={node.id} panel={panel.data} onEdit={(entry) => setEditing({ entry })} onLeave={onClose} />
      {links.data && (
        <LinksPart
          nodeId={node.id}
          links={links.data.links}
          openElsewhere={panel.data.links.length > 0}
          onEdit={(link) => setEditing({ link: link === "new" ? null : link })}
        />
      )}
      <SightPart nodeId={node.id} panel={panel.data} />
    </Stack>
  );
}

/** When what was in the place makes way for something else, the focus goes there, unless a field has taken it already. */
function useFocusKept(shown: unknown) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    if (!place.current?.contains(document.activeElement)) place.current?.focus();
  }, [shown]);
  return place;
}

function EditLink(props: { readonly node: ShareDialogProps["node"]; readonly link: Link | null; onDone(): void }) {
  const { node, link, onDone } = props;
  const { save } = useLinks(node.id);
  return (
    <LinkForm
      folder={node.kind === "folder"}
      existing={link}
      busy={save.isPending}
      error={save.error}
      onCancel={onDone}
      onSave={(rules) => save.mutate({ link, rules }, { onSuccess: onDone })}
    />
  );
}
