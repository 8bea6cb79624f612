import { Button, Group, Modal, Skeleton, Text, TextInput } from "@mantine/core";
import { IconMoodEmpty } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { WorkDetail } from "#contract/apps/media/works";
import { call, query, type Output } from "#web/client.ts";
import { films as t } from "#web/strings/films.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorLine, notifyDone } from "#web/ui/index.ts";
import { initialsOf } from "./words.ts";
import classes from "./work.module.css";
import { useUndoWork, workChanged } from "./work-changes.ts";

type Candidate = Output<"works.candidates">["candidates"][number];

/** What a work may be instead; choosing one is the second and last click. */
export function MatchDialog({ detail, onClose }: { readonly detail: WorkDetail; onClose(): void }) {
  const client = useQueryClient();
  const undo = useUndoWork();
  const workId = detail.work.id;
  const [asked, setAsked] = useState<{ search?: string; year?: number }>({});
  const found = useQuery({ ...query("works.candidates", { workId, ...asked }), staleTime: 60_000, retry: false });
  const choose = useMutation({
    mutationFn: ({ key }: Candidate) => call("works.choose", { workId, key }),
    onSuccess: async (changed) => {
      await workChanged(client, changed);
      notifyDone(t.match.chosen(changed.work.title), () => void undo(workId));
      onClose();
    },
  });
  const candidates = found.data?.candidates ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.match.title}
      size="lg"
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t.match.hint}
      </Text>
      <SearchForm title={detail.work.title} onSearch={setAsked} />
      <ErrorLine error={found.error ?? choose.error} />
      {found.isPending && <Skeleton height={160} animate={false} radius="md" mt="md" />}
      {found.data && candidates.length === 0 && (
        <EmptyState icon={IconMoodEmpty} title={t.match.none} hint={t.match.noneHint} />
      )}
      <ul className={classes.candidates} aria-busy={found.isFetching}>
        {candidates.map((candidate) => (
          <li key={candidate.key}>
            <CandidateRow
              candidate={candidate}
              isBusy={choose.isPending && choose.variables.key === candidate.key}
              onChoose={() => choose.mutate(candidate)}
            />
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function SearchForm(props: { readonly title: string; onSearch(asked: { search?: string; year?: number }): void }) {
  const [search, setSearch] = useState(props.title);
  const [year, setYear] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isYear = /^\d{4}$/.test(year.trim());
    props.onSearch({ ...(search.trim() && { search: search.trim() }), ...(isYear && { year: Number(year) }) });
  };
  return (
    <form onSubmit={submit} role="search">
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          label={t.match.search}
          maxLength={200}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <TextInput
          w={96}
          label={t.match.year}
          inputMode="numeric"
          maxLength={4}
          value={year}
          onChange={(event) => setYear(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {t.match.find}
        </Button>
      </Group>
    </form>
  );
}

function CandidateRow(props: { readonly candidate: Candidate; readonly isBusy: boolean; onChoose(): void }) {
  const { title, year, overview, source, posterUrl } = props.candidate;
  return (
    <div className={classes.candidate}>
      <CandidatePicture url={posterUrl} title={title} />
      <div className={classes.candidateText}>
        <Text fw={600}>{year === null ? title : `${title} (${year})`}</Text>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {[t.match.sources[source] ?? source, overview].filter(Boolean).join(" · ")}
        </Text>
      </div>
      <Button
        variant="light"
        loading={props.isBusy}
        aria-label={`${t.match.choose}: ${title}`}
        onClick={props.onChoose}
      >
        {t.match.choose}
      </Button>
    </div>
  );
}

/** What its catalogue shows of it, through our own server; else the first letters of its title. */
function CandidatePicture({ url, title }: { readonly url: string | null; readonly title: string }) {
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <span className={classes.candidatePicture} aria-hidden="true">
      {url === null || missing === url ? (
        initialsOf(title)
      ) : (
        <img src={`${url}&size=256`} alt="" loading="lazy" decoding="async" onError={() => setMissing(url)} />
      )}
    </span>
  );
}
