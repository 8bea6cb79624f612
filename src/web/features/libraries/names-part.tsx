import { Button, Skeleton, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { LibraryView } from "#contract/apps/media/library";
import { query } from "#web/client.ts";
import { libraries as t } from "#web/strings/libraries.ts";
import { ErrorLine, Section, Status } from "#web/ui/index.ts";
import classes from "./libraries.module.css";

const pageSize = 50;
const mostShown = 500;

/** Files whose names other media servers would not understand, and the names that they would. */
export function NamesPart({ library, onClose }: { readonly library: LibraryView; readonly onClose: () => void }) {
  const [limit, setLimit] = useState(pageSize);
  const { data, error, isPending } = useQuery({
    ...query("works.names", { libraryId: library.id, limit }),
    placeholderData: keepPreviousData,
  });
  const close = (
    <Button size="compact-sm" variant="default" onClick={onClose}>
      {t.close}
    </Button>
  );
  return (
    <Section title={t.names(library.name)} action={close}>
      <Text size="sm" c="dimmed">
        {t.namesIntro}
      </Text>
      <ErrorLine error={data ? null : error} />
      {isPending && <Skeleton height={80} animate={false} radius="md" mt="sm" />}
      <div aria-live="polite" className={classes.verdict}>
        {data?.total === 0 && <Status level="good">{t.namesFine(data.checkedCount)}</Status>}
        {data && data.total > 0 && <Status level="soon">{t.namesFound(data.total, data.checkedCount)}</Status>}
      </div>
      <ul className={classes.list}>
        {data?.findings.map((finding) => (
          <li key={finding.itemId} className={classes.finding}>
            <Text size="sm">{finding.path}</Text>
            <Text size="sm" c="dimmed">
              {finding.servers.map((server) => t.servers[server]).join(", ")}: {finding.reason}
            </Text>
            <Text size="sm">
              {finding.proposedPath === null ? t.noProposal : `${t.proposed}: ${finding.proposedPath}`}
            </Text>
          </li>
        ))}
      </ul>
      {data && data.total > data.findings.length && limit < mostShown && (
        <Button size="compact-sm" variant="default" onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>
          {t.showMore}
        </Button>
      )}
    </Section>
  );
}
