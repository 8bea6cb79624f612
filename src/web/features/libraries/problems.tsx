import { Anchor, Button, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { LibraryView } from "#contract/apps/media/library";
import { query } from "#web/client.ts";
import { libraries as t } from "#web/strings/libraries.ts";
import { ErrorLine, Section } from "#web/ui/index.ts";
import classes from "./libraries.module.css";

const pageSize = 50;
const mostShown = 500;

/** Files that no program here can read, with the reason. */
export function Problems({ libraries }: { readonly libraries: readonly LibraryView[] }) {
  const [limit, setLimit] = useState(pageSize);
  const { data, error } = useQuery({ ...query("libraries.problems", { limit }), placeholderData: keepPreviousData });
  const nameOf = (libraryId: number) => libraries.find(({ id }) => id === libraryId)?.name ?? "";
  return (
    <Section title={t.problems}>
      <div id="problems" />
      <ErrorLine error={data ? null : error} />
      <Text size="sm" c="dimmed">
        {data?.total === 0 ? t.noProblems : t.problemsHint}
      </Text>
      <ul className={classes.list}>
        {data?.items.map((item) => (
          <li key={item.id} className={classes.finding}>
            <Anchor
              size="sm"
              c="var(--hearth-text)"
              renderRoot={(props) => <Link {...props} to="/files/$folderId" params={folderParams(libraries, item)} />}
            >
              {nameOf(item.libraryId)} / {item.path}
            </Anchor>
            <Text size="sm" c="dimmed">
              {item.reason}
            </Text>
          </li>
        ))}
      </ul>
      {data && data.total > data.items.length && limit < mostShown && (
        <Button size="compact-sm" variant="default" onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>
          {t.showMore}
        </Button>
      )}
    </Section>
  );
}

function folderParams(libraries: readonly LibraryView[], { libraryId }: { readonly libraryId: number }) {
  return { folderId: String(libraries.find(({ id }) => id === libraryId)?.folderId ?? 0) };
}
