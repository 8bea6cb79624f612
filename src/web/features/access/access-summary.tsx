import { Button, Skeleton, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import type { Node } from "#contract/apps/files/browse";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, useAfter } from "#web/ui/index.ts";
import classes from "./access.module.css";
import { SubjectIcon } from "./subject-icon.tsx";
import { usePanel } from "./use-access.ts";
import { rightsInWords } from "./words.ts";

const t = strings.access;
const shownPeople = 3;

interface Props {
  readonly node: Pick<Node, "id" | "canWrite" | "canShare">;
  onOpen(): void;
}

/** The access part of the details: who can see it, and the way to change that. */
export function AccessSummary(props: Props) {
  const { can } = useSession();
  if (props.node.canShare || can("people.read")) return <Everybody {...props} />;
  return (
    <section className={classes.summary} aria-label={t.summary}>
      <h3 className={classes.title}>{t.sight}</h3>
      <Text size="sm">{props.node.canWrite ? t.ownEdit : t.ownView}</Text>
      <Text size="sm" c="dimmed">
        {t.othersHidden}
      </Text>
    </section>
  );
}

function Everybody(props: Props) {
  const { data, error, isPending } = usePanel(props.node.id);
  const late = useAfter(isPending);
  return (
    <section className={classes.summary} aria-label={t.summary} aria-busy={isPending}>
      <h3 className={classes.title}>{t.sight}</h3>
      {late && <Skeleton height={48} animate={false} />}
      <ErrorLine error={error} />
      {data && (
        <>
          <ul className={classes.list}>
            {data.people.slice(0, shownPeople).map((person) => (
              <li key={person.userId} className={classes.row} title={person.reason}>
                <SubjectIcon kind="user" name={person.name} />
                <div className={classes.text}>
                  <Text size="sm" truncate>
                    {person.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {rightsInWords(person.actions)}
                  </Text>
                </div>
              </li>
            ))}
          </ul>
          {data.people.length > shownPeople && (
            <Text size="xs" c="dimmed">
              {t.more(data.people.length - shownPeople)}
            </Text>
          )}
          {data.links.length > 0 && (
            <Text size="xs" c="dimmed">
              {t.anyone}
            </Text>
          )}
          <Button
            variant="default"
            className={classes.add}
            leftSection={<IconUsers size={16} aria-hidden="true" />}
            onClick={props.onOpen}
          >
            {data.canShare ? t.share : t.seeAll}
          </Button>
        </>
      )}
    </section>
  );
}
