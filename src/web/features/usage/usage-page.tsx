import { Button, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { DiskUsage, PlaceUsage } from "#contract/apps/files/usage";
import { query } from "#web/client.ts";
import { IndexState } from "#web/features/search/index.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { usage as t } from "#web/strings/usage.ts";
import { ErrorState, formatBytes, Page, Section, Status, useAfter } from "#web/ui/index.ts";
import { FillLine } from "./fill-line.tsx";
import { HistoryLine } from "./history-line.tsx";
import { PlaceSection } from "./place-section.tsx";
import classes from "./usage.module.css";

const route = getRouteApi("/app/usage");

/** What is stored, by place, person and kind; and the disks for those who look after the server. */
export function UsagePage() {
  const { everyone = false } = route.useSearch();
  const navigate = route.useNavigate();
  const usage = useQuery(query("usage.overview", { everyone }));
  const late = useAfter(usage.isPending);
  return (
    <Page>
      <FrameTitle title={t.title} />
      {usage.data?.seesEveryone && (
        <SegmentedControl
          className={classes.who}
          aria-label={t.who}
          value={everyone ? "everyone" : "mine"}
          data={[
            { value: "mine", label: t.mine },
            { value: "everyone", label: t.everyone },
          ]}
          onChange={(value) => void navigate({ search: value === "everyone" ? { everyone: true } : {}, replace: true })}
        />
      )}
      {usage.error && !usage.data && <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.isPending && late && <Skeleton height={240} animate={false} radius="md" />}
      {usage.data && <Places places={usage.data.places} isEveryone={everyone} />}
      {usage.data && usage.data.disks.length > 0 && (
        <Section
          title={t.disks}
          action={
            <Button size="compact-sm" variant="default" component={Link} to="/usage/stores">
              {strings.frame.stores}
            </Button>
          }
        >
          {usage.data.disks.map((disk) => (
            <Disk key={disk.name} disk={disk} />
          ))}
        </Section>
      )}
      {usage.data && <IndexState />}
    </Page>
  );
}

/** Side by side the bars share one scale, so that they can be compared; alone a bar is the whole of its limit. */
function Places({ places, isEveryone }: { readonly places: readonly PlaceUsage[]; readonly isEveryone: boolean }) {
  const most = Math.max(1, ...places.map(heldBytes));
  return places.map((place) => (
    <PlaceSection
      key={place.spaceId}
      place={place}
      name={place.kind === "home" && !isEveryone ? t.myFiles : place.name}
      wholeBytes={isEveryone ? most : Math.max(place.quotaBytes ?? 0, heldBytes(place), 1)}
      isOpen={!isEveryone}
    />
  ));
}

const heldBytes = ({ usedBytes, trashBytes, versionBytes }: PlaceUsage) => usedBytes + trashBytes + versionBytes;

function Disk({ disk }: { readonly disk: DiskUsage }) {
  const { name, online, sizeBytes, freeBytes, fill } = disk;
  const usedShare = sizeBytes > 0 ? 1 - freeBytes / sizeBytes : 0;
  return (
    <div className={classes.disk}>
      <div className={classes.head}>
        <Text fw={550}>{name}</Text>
        {!online && <Status level="now">{t.offline}</Status>}
      </div>
      {online && (
        <>
          <div className={classes.bar} aria-hidden="true">
            <span data-kind="used" style={{ width: `${usedShare * 100}%` }} />
          </div>
          <Text size="xs" c="dimmed" className="tabular">
            {t.freeOf(formatBytes(freeBytes), formatBytes(sizeBytes))}
          </Text>
          <FillLine fill={fill} isLimited />
          <HistoryLine name={name} history={fill.history} />
        </>
      )}
    </div>
  );
}
