import { Button, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { Link } from "#contract/apps/files/links";
import { strings } from "#web/strings.ts";
import { ErrorLine, useAfter } from "#web/ui/index.ts";
import { LinkForm } from "./link-form.tsx";
import { LinkRow } from "./link-row.tsx";
import { useLinks } from "./use-links.ts";

const t = strings.sharing;

export interface ShareDialogProps {
  readonly node: Pick<Node, "id" | "name" | "kind">;
  readonly opened: boolean;
  onClose(): void;
}

/** Who can see a file or folder from outside: its links, each to copy, show as QR code, change or withdraw. */
export function ShareDialog({ node, opened, onClose }: ShareDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.title(node.name)}
      size={560}
      closeButtonProps={{ "aria-label": strings.common.close }}
      styles={{ title: { overflowWrap: "anywhere", fontWeight: 550 } }}
    >
      <Links node={node} />
    </Modal>
  );
}

/** `new` shows the form for a new link, a link the form to change it. */
type Editing = Link | "new" | null;

function Links({ node }: { readonly node: ShareDialogProps["node"] }) {
  const { list, save, remove } = useLinks(node.id);
  const [editing, setEditing] = useState<Editing>(null);
  const waiting = useAfter(list.isPending);
  if (list.error) return <ErrorLine error={list.error} />;
  if (!list.data) return waiting ? <Skeleton height={120} /> : <div style={{ minHeight: 120 }} />;
  const { links } = list.data;
  const edit = (target: Editing): void => {
    save.reset();
    setEditing(target);
  };
  if (editing)
    return (
      <LinkForm
        key={editing === "new" ? "new" : editing.id}
        folder={node.kind === "folder"}
        existing={editing === "new" ? null : editing}
        busy={save.isPending}
        error={save.error}
        onCancel={() => edit(null)}
        onSave={(rules) =>
          save.mutate({ link: editing === "new" ? null : editing, rules }, { onSuccess: () => edit(null) })
        }
      />
    );
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {links.length === 0 ? t.none : t.lead}
      </Text>
      {links.map((link) => (
        <LinkRow
          key={link.id}
          link={link}
          busy={remove.isPending}
          onEdit={() => edit(link)}
          onRemove={() => remove.mutate(link.id)}
        />
      ))}
      <Button
        variant={links.length === 0 ? "filled" : "default"}
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => edit("new")}
      >
        {t.create}
      </Button>
    </Stack>
  );
}
