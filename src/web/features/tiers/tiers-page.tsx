import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { tiers as t } from "#web/strings/tiers.ts";
import { ErrorState, Page, useAfter } from "#web/ui/index.ts";
import { Preview } from "./preview.tsx";
import { Rules } from "./rules.tsx";
import { Runs } from "./runs.tsx";
import { Stores } from "./stores.tsx";

/** Stores beside the main disks, the rules that fill them, and what is under way. */
export function TiersPage() {
  const { data, error, isPending, refetch } = useQuery(query("tiers.list", {}));
  const late = useAfter(isPending);
  return (
    <Page>
      <FrameTitle title={t.title} />
      <Text c="dimmed">{t.intro}</Text>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={240} animate={false} radius="md" />}
      {data && <Stores tiers={data.tiers} canManage={data.canManage} />}
      {data?.canManage && data.tiers.length > 0 && (
        <>
          <Rules settings={data.settings} tiers={data.tiers} />
          <Preview />
          <Runs />
        </>
      )}
    </Page>
  );
}
