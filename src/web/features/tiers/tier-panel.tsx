import { Button, Group, Progress, SegmentedControl, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import type { TierPlacement } from "#contract/apps/files/tiers";
import { call, invalidate, type Output, query } from "#web/client.ts";
import { tiers } from "#web/strings/tiers.ts";
import { ErrorLine, formatBytes, notifyError } from "#web/ui/index.ts";
import classes from "./tiers.module.css";

const t = tiers.panel;
const watchMs = 1_000;
type State = Output<"tiers.get">;

const choices = (["auto", "pin", "never"] as const).map((value) => ({ value, label: t.choices[value] }));

/** Where the content of a file is, or of what is in a folder, with the way back and what the rules may do. */
export function TierPanel({ node }: { readonly node: Node }) {
  const client = useQueryClient();
  const refresh = (): Promise<void> => invalidate(client, "tiers.get", "tiers.states");
  const fetch = useMutation({
    mutationFn: () => call("tiers.fetch", { nodeId: node.id }),
    onError: notifyError,
    onSettled: refresh,
  });
  const { data } = useQuery({
    ...query("tiers.get", { nodeId: node.id }),
    refetchInterval: ({ state }) => (isComing(state.data) || isAwaited(state.data, fetch.isSuccess) ? watchMs : false),
  });
  const place = useMutation({
    mutationFn: (placement: TierPlacement) => call("tiers.setPlacement", { nodeId: node.id, placement }),
    onError: notifyError,
    onSettled: refresh,
  });
  if (!data?.available) return null;
  return (
    <section className={classes.panel} aria-label={t.title}>
      <h3 className={classes.heading}>{t.title}</h3>
      <Where node={node} data={data} isAsked={fetch.isPending} onFetch={() => fetch.mutate()} />
      {data.reason !== null && (
        <Text size="sm" c="var(--hearth-now)" role="alert">
          {data.reason}
        </Text>
      )}
      <ErrorLine error={place.error} />
      {data.canWrite && (
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t.choice}
          value={place.isPending ? place.variables : data.placement}
          data={choices}
          onChange={(value) => place.mutate(value as TierPlacement)}
        />
      )}
      {data.effective !== data.placement && (
        <Text size="xs" c="dimmed">
          {t.choices[data.effective]}.{" "}
          {data.inheritedFrom === null ? t.inheritedElsewhere : t.inherited(data.inheritedFrom.name)}
        </Text>
      )}
    </section>
  );
}

const isComing = (data: State | undefined): boolean => data?.state?.fetchedBytes != null;

/** It was asked for, and a run has yet to come to it. */
const isAwaited = (data: State | undefined, wasAsked: boolean): boolean =>
  wasAsked && data !== undefined && (data.state?.where === "cold" || data.coldFiles > 0);

function Where(props: {
  readonly node: Node;
  readonly data: State;
  readonly isAsked: boolean;
  readonly onFetch: () => void;
}) {
  const { node, data } = props;
  const { state } = data;
  if (state?.fetchedBytes != null) {
    const percent = Math.floor((state.fetchedBytes / Math.max(1, node.sizeBytes)) * 100);
    return (
      <>
        <Text size="sm" className="tabular">
          {t.fetching(percent)}
        </Text>
        <Progress value={percent} aria-label={t.fetching(percent)} />
      </>
    );
  }
  const isCold = state?.where === "cold";
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" className={classes.where}>
        {sentenceOf(node, data)}
      </Text>
      {((isCold && data.reason === null) || (node.kind === "folder" && data.coldFiles > 0 && data.canWrite)) && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          loading={props.isAsked}
          onClick={props.onFetch}
        >
          {isCold ? t.fetch : t.fetchAll}
        </Button>
      )}
    </Group>
  );
}

function sentenceOf(node: Node, { state, coldFiles, coldBytes }: State): string {
  if (node.kind === "folder" && coldFiles > 0) return t.below(coldFiles, formatBytes(coldBytes));
  if (state?.where === "cold") return t.cold(state.tier ?? "");
  if (state?.where === "fast") return t.fast(state.tier ?? "");
  return t.here;
}
