import { Button, Skeleton, Text } from "@mantine/core";
import { IconBooks, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { LibraryView } from "#contract/apps/media/library";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { libraries as t } from "#web/strings/libraries.ts";
import { EmptyState, ErrorState, Page, Section, useAfter } from "#web/ui/index.ts";
import classes from "./libraries.module.css";
import { LibraryForm } from "./library-form.tsx";
import { LibraryRow } from "./library-row.tsx";
import { NamesPart } from "./names-part.tsx";
import { NfoPart } from "./nfo-part.tsx";
import { NfoProblems } from "./nfo-problems.tsx";
import { inOrder } from "./order.ts";
import { Problems } from "./problems.tsx";
import { RemovedRow } from "./removed-row.tsx";

const watchMs = 1_000;
const isScanning = ({ scan }: LibraryView): boolean => scan?.state === "running" || scan?.state === "waiting";

/** `/libraries`: the folders that hold media, how far they are known, and what cannot be read. */
export function LibrariesPage() {
  const { data, error, isPending, refetch } = useQuery({
    ...query("libraries.list", {}),
    refetchInterval: ({ state }) => (state.data?.libraries.some(isScanning) ? watchMs : false),
  });
  const libraries = inOrder(data?.libraries ?? []);
  const late = useAfter(isPending);
  const [edited, setEdited] = useState<LibraryView | "new" | null>(null);
  const [checkedId, setCheckedId] = useState<number | null>(null);
  const [nfoId, setNfoId] = useState<number | null>(null);
  const written = data?.libraries.find(({ id }) => id === nfoId);
  const checked = data?.libraries.find(({ id }) => id === checkedId);
  const add = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setEdited("new")}
    >
      {t.add}
    </Button>
  );
  return (
    <Page>
      <FrameTitle title={t.title} />
      <Text c="dimmed">{t.intro}</Text>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={240} animate={false} radius="md" />}
      {data?.libraries.length === 0 && <EmptyState icon={IconBooks} title={t.none} hint={t.noneHint} action={add} />}
      {data && data.libraries.length > 0 && (
        <Section title={t.list} action={add}>
          <ul className={classes.list}>
            {libraries.map((library) =>
              library.forgottenAtMs === null ? (
                <LibraryRow
                  key={library.id}
                  library={library}
                  onEdit={() => setEdited(library)}
                  onCheckNames={() => setCheckedId(library.id)}
                  onNfo={() => setNfoId(library.id)}
                />
              ) : (
                <RemovedRow key={library.id} library={library} untilMs={library.forgottenAtMs} />
              ),
            )}
          </ul>
        </Section>
      )}
      {checked && <NamesPart key={checked.id} library={checked} onClose={() => setCheckedId(null)} />}
      {written && <NfoPart key={`nfo ${written.id}`} library={written} onClose={() => setNfoId(null)} />}
      {data && data.libraries.length > 0 && <Problems libraries={libraries} />}
      {data && data.libraries.length > 0 && <NfoProblems libraries={libraries} />}
      {edited !== null && (
        <LibraryForm library={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}
