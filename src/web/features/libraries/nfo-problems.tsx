import { Button, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { LibraryView } from "#contract/apps/media/library";
import { query } from "#web/client.ts";
import { nfo as t } from "#web/strings/nfo.ts";
import { Section } from "#web/ui/index.ts";
import classes from "./libraries.module.css";

const pageSize = 50;
const mostShown = 500;

/** NFO files with something wrong in them. Nothing when there are none. */
export function NfoProblems({ libraries }: { readonly libraries: readonly LibraryView[] }) {
  const [limit, setLimit] = useState(pageSize);
  const { data } = useQuery({ ...query("nfo.problems", { limit }), placeholderData: keepPreviousData });
  if (!data || data.total === 0) return null;
  return (
    <Section title={t.problems}>
      <Text size="sm" c="dimmed">
        {t.problemsHint}
      </Text>
      <ul className={classes.list}>
        {data.problems.map(({ itemId, libraryId, path, line, message }) => (
          <li key={itemId} className={classes.finding}>
            <Text size="sm">
              {libraries.find(({ id }) => id === libraryId)?.name} / {path}
            </Text>
            <Text size="sm" c="dimmed">
              {t.problem(line, message)}
            </Text>
          </li>
        ))}
      </ul>
      {data.total > data.problems.length && limit < mostShown && (
        <Button size="compact-sm" variant="default" onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>
          {t.showMore}
        </Button>
      )}
    </Section>
  );
}
