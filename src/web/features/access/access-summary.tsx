import { Button, Skeleton, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { strings } from "#web/strings.ts";
import { ErrorLine, useAfter } from "#web/ui/index.ts";
import classes from "./access.module.css";
import { SubjectIcon } from "./subject-icon.tsx";
import { usePanel } from "./use-access.ts";
import { rightsInWords } from "./words.ts";

const t = strings.access;
const shownPeople = 3;

/** The access part of the details: who can see it, and the way to change that. */
export function AccessSummary(props: { readonly nodeId: number; onOpen(): void }) {
  const { data, error, isPending } = usePanel(props.nodeId);
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
