import { Button, Group, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, type Output } from "#web/client.ts";
import { tiers as t } from "#web/strings/tiers.ts";
import { ErrorLine, formatBytes, formatDuration, notifyDone, notifyError, Section } from "#web/ui/index.ts";
import classes from "./tiers.module.css";

const pageSize = 50;
const worthSayingMs = 2_000;
type Plan = Output<"tiers.plan">;

/** The dry run: bytes and names first, then the button that moves them. */
export function Preview() {
  const client = useQueryClient();
  const [isShown, setShown] = useState(false);
  const plan = useInfiniteQuery({
    queryKey: ["tiers.plan", "preview"],
    queryFn: ({ pageParam, signal }) => call("tiers.plan", { offset: pageParam, limit: pageSize }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (pages.length * pageSize < last.total ? pages.length * pageSize : undefined),
    enabled: isShown,
    gcTime: 0,
  });
  const apply = useMutation({
    mutationFn: () => call("tiers.apply", {}),
    onSuccess: () => {
      notifyDone(t.started);
      setShown(false);
    },
    onError: notifyError,
    onSettled: () => invalidate(client, "tiers.runs"),
  });
  const first = isShown ? plan.data?.pages[0] : undefined;
  return (
    <Section title={t.preview}>
      <Group gap="xs">
        <Button
          variant="default"
          loading={isShown && plan.isFetching}
          onClick={() => (isShown ? void plan.refetch() : setShown(true))}
        >
          {isShown ? t.showAgain : t.show}
        </Button>
        {first !== undefined && first.files > 0 && (
          <Button loading={apply.isPending} onClick={() => apply.mutate()}>
            {t.move}
          </Button>
        )}
      </Group>
      <ErrorLine error={plan.error} />
      {first && <Sum plan={first} />}
      {first !== undefined && first.files > 0 && <Names pages={plan.data?.pages ?? []} />}
      {first !== undefined && plan.hasNextPage && (
        <Button variant="default" size="compact-sm" mt="sm" onClick={() => void plan.fetchNextPage()}>
          {t.more}
        </Button>
      )}
    </Section>
  );
}

function Sum({ plan }: { readonly plan: Plan }) {
  if (plan.files === 0) return <Text mt="sm">{t.nothing}</Text>;
  const parts = plan.byTier.map(({ tier, files, sizeBytes }) => t.sumTo(tier, t.sum(files, formatBytes(sizeBytes))));
  if (plan.estimatedMs !== null && plan.estimatedMs >= worthSayingMs)
    parts.push(t.estimate(formatDuration(plan.estimatedMs)));
  const tooFull = plan.byTier.filter(({ sizeBytes, freeBytes }) => freeBytes !== null && freeBytes < sizeBytes);
  return (
    <>
      <Text mt="sm" className="tabular">
        {parts.join(", ")}
      </Text>
      {tooFull.map(({ tier }) => (
        <Text key={tier} size="sm" c="var(--hearth-now)">
          {t.tooFull(tier)}
        </Text>
      ))}
    </>
  );
}

function Names({ pages }: { readonly pages: readonly Plan[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col">{t.to}</th>
          <th scope="col" className={classes.number}>
            {t.size}
          </th>
        </tr>
      </thead>
      <tbody>
        {pages.flatMap((plan, at) =>
          plan.page.map((file, index) => (
            <tr key={`${at}-${index}`}>
              <td>{file.path ?? t.hidden}</td>
              <td>{file.tier}</td>
              <td className={`${classes.number} tabular`}>{formatBytes(file.sizeBytes)}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
