import { Button, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Link } from "#contract/apps/files/links";
import { strings } from "#web/strings.ts";
import { LinkRow } from "./link-row.tsx";
import classes from "./sharing.module.css";
import { useLinks } from "./use-links.ts";

const t = strings.sharing;

/** Who can see something from outside: its links, each to copy, show as QR code, change or withdraw. */
export function LinksPart(props: {
  readonly nodeId: number;
  readonly links: readonly Link[];
  /** A link leads here that is not among these, as one to a folder above. */
  readonly openElsewhere: boolean;
  onEdit(link: Link | "new"): void;
}) {
  const { links } = props;
  const { remove } = useLinks(props.nodeId);
  return (
    <section className={classes.part} aria-label={t.links}>
      <h3 className={classes.title}>{t.links}</h3>
      <Text size="sm" c="dimmed">
        {links.length > 0 ? t.lead : props.openElsewhere ? t.noneHere : t.none}
      </Text>
      {links.map((link) => (
        <LinkRow
          key={link.id}
          link={link}
          busy={remove.isPending}
          onEdit={() => props.onEdit(link)}
          onRemove={() => remove.mutate(link.id)}
        />
      ))}
      <Button
        variant="default"
        className={classes.add}
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => props.onEdit("new")}
      >
        {t.create}
      </Button>
    </section>
  );
}
