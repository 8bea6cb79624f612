import { Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { search as strings } from "#web/strings/search.ts";
import { formatBytes, notifyDone, notifyError, Section, Status } from "#web/ui/index.ts";
import { IndexingLine } from "./indexing-line.tsx";

const t = strings.index;
const whileWorkingMs = 5_000;

/** The search index, for whoever looks after the server: how far it is, what it takes, what was not read and why. */
export function IndexState() {
  const { can } = useSession();
  const client = useQueryClient();
  const { data } = useQuery({
    ...query("search.state", {}),
    enabled: can("server.read"),
    refetchInterval: ({ state: { data: last } }) =>
      last && (last.isCatchingUp || last.textDoneCount < last.textTotalCount) ? whileWorkingMs : false,
  });
  const rebuild = useMutation({
    mutationFn: () => call("search.rebuild", {}),
    onSuccess: () => {
      notifyDone(t.rebuilt);
      void client.invalidateQueries({ queryKey: ["search.state"] });
    },
    onError: notifyError,
  });
  if (data === undefined) return null;
  const { textDoneCount, textTotalCount, secondsLeft, isCatchingUp } = data;
  const isWorking = isCatchingUp || textDoneCount < textTotalCount;
  const skipped = data.skipped.reduce((sum, { count }) => sum + count, 0);
  const facts = [
    t.names(data.nameCount.toLocaleString()),
    ...(data.isTextOn ? [t.texts((textDoneCount - skipped).toLocaleString())] : []),
    t.size(formatBytes(data.indexBytes)),
  ];
  return (
    <Section
      title={t.title}
      action={
        can("server.manage") && (
          <Button size="compact-sm" variant="default" loading={rebuild.isPending} onClick={() => rebuild.mutate()}>
            {t.rebuild}
          </Button>
        )
      }
    >
      <Status level={isWorking ? "soon" : "good"}>{isWorking ? t.working : t.complete}</Status>
      <Text size="sm" className="tabular">
        {facts.join(" · ")}
      </Text>
      {!data.isTextOn && <Text size="sm">{t.namesOnly}</Text>}
      {isWorking && <IndexingLine indexing={{ doneCount: textDoneCount, totalCount: textTotalCount, secondsLeft }} />}
      {data.skipped.map(({ reason, count }) => (
        <Text key={reason} size="xs" c="dimmed" className="tabular">
          {t.skipped(count.toLocaleString(), strings.reasons[reason])}
        </Text>
      ))}
    </Section>
  );
}
