import { Button, Text } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import type { AccessEntry } from "#contract/security/access";
import type { Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import classes from "./access.module.css";
import { EntryRow, InheritedRow } from "./entry-row.tsx";
import { useEntries } from "./use-access.ts";

const t = strings.access;
type Panel = Output<"access.panel">;

/** Rules on a file or folder and on the folders above it; who may, changes them, others learn whom to ask. */
export function EntriesPart(props: {
  readonly nodeId: number;
  readonly panel: Panel;
  onEdit(entry: AccessEntry | null): void;
  /** The dialog makes way: a link was followed, or what it is about is no longer there for the caller. */
  onLeave(): void;
}) {
  const { panel } = props;
  const { person, can } = useSession();
  const { remove, leave } = useEntries(props.nodeId);
  // Links have their own part of the dialog.
  const entries = panel.entries.filter((entry) => entry.subject.kind !== "link");
  const inherited = panel.inherited.filter((entry) => entry.subject.kind !== "link");
  const isOwn = ({ subject }: AccessEntry): boolean => subject.kind === "user" && subject.id === person?.id;
  return (
    <section className={classes.part} aria-label={t.people}>
      <h3 className={classes.title}>{t.people}</h3>
      {entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noEntries}
        </Text>
      )}
      <ul className={classes.list}>
        {entries.map((entry) => (
          <EntryRow
            key={entry.id}
            entry={entry}
            own={isOwn(entry)}
            canChange={panel.canManage || (panel.canShare && entry.canRemove && !isOwn(entry))}
            busy={remove.isPending || leave.isPending}
            onChange={() => props.onEdit(entry)}
            onRemove={() => (isOwn(entry) ? leave.mutate({ entry, onLeft: props.onLeave }) : remove.mutate(entry))}
          />
        ))}
      </ul>
      {panel.canShare && can("people.read") ? (
        <Button
          variant="default"
          className={classes.add}
          leftSection={<IconUserPlus size={16} aria-hidden="true" />}
          onClick={() => props.onEdit(null)}
        >
          {t.add}
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {panel.canShare ? t.mayNotList : whyNot(panel)}
        </Text>
      )}
      {inherited.length > 0 && (
        <div className={classes.inherited}>
          <h4 className={classes.subtitle}>{t.inherited}</h4>
          <ul className={classes.list}>
            {inherited.map((entry) => (
              <InheritedRow key={entry.id} entry={entry} onLeave={props.onLeave} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** Why one cannot let others in, and who can. */
function whyNot({ people }: Panel): string {
  const managers = people.filter(({ actions }) => actions.includes("manage")).map(({ name }) => name);
  return managers.length === 0 ? t.mayNotShare : `${t.mayNotShare} ${t.ask(managers.join(", "))}`;
}
