import { Anchor, Breadcrumbs, Button, Skeleton } from "@mantine/core";
import {
  IconChevronRight,
  IconCloudOff,
  IconFolderPlus,
  IconMoodEmpty,
  IconRefresh,
  IconUpload,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { Place } from "#contract/apps/files/places";
import { call, invalidate, type Output, query } from "#web/client.ts";
import { PlacesMenu, useSpaces } from "#web/features/browse/index.ts";
import { UploadsInline, UploadTargetProvider, useUploads } from "#web/features/uploads/index.ts";
import { useSession } from "#web/frame/session.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { places as t } from "#web/strings/places.ts";
import { EmptyState, ErrorState, useAfter } from "#web/ui/index.ts";
import { CarriesPart } from "./carries-part.tsx";
import { EntryDialogs, type EntryDialog } from "./entry-dialogs.tsx";
import { EntryTable } from "./entry-table.tsx";
import { seenText } from "./place-state.tsx";
import classes from "./places.module.css";
import { below } from "./urls.ts";

const route = getRouteApi("/app/places/$placeId");
const pageLength = 500;

type Answer = Output<"places.browse">;
type Entry = Extract<Answer, { status: "online" }>["entries"][number];

/** `/places/$placeId`: a folder on another server. */
export function PlacePage() {
  const { placeId } = route.useParams();
  const { path = "", preview } = route.useSearch();
  // Another folder starts afresh: with nothing chosen, at the top.
  return <PlaceFolder key={`${placeId}/${path}`} id={Number(placeId)} path={path} preview={preview} />;
}

function PlaceFolder({
  id,
  path,
  preview,
}: {
  readonly id: number;
  readonly path: string;
  readonly preview: string | undefined;
}) {
  const navigate = route.useNavigate();
  const spaces = useSpaces();
  const client = useQueryClient();
  const [limit, setLimit] = useState(pageLength);
  const [dialog, setDialog] = useState<EntryDialog | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const listing = useQuery({
    ...query("places.browse", { id, path, limit }),
    placeholderData: (before) => before,
    // An offline place is tried again by itself.
    refetchInterval: ({ state }) => (state.data?.status === "offline" ? state.data.retryAfterMs : false),
  });
  const { data } = listing;
  const late = useAfter(listing.isPending);
  const refresh = async (): Promise<void> => {
    await call("places.browse", { id, path, limit, fresh: true }).then((fresh) =>
      client.setQueryData(query("places.browse", { id, path, limit }).queryKey, fresh),
    );
    await invalidate(client, "places.list");
  };
  // In hand before the page is drawn, so that nothing on it jumps when the folder comes.
  const known = useQuery(query("places.list", {})).data?.places.find((place) => place.id === id);
  const place = data?.place ?? known;
  const canWrite = place?.canWrite === true && data?.status !== "offline";
  const online = data?.status === "online" ? data : undefined;
  const picked = online?.entries.filter(({ name }) => chosen.has(name)) ?? [];
  const ask = (kind: "copy" | "move"): void => setDialog({ kind, entries: picked });
  return (
    <div className={classes.page}>
      <FrameTitle title={place?.name ?? t.title}>
        <PlacesMenu name={place?.name ?? t.title} hereId={-id} spaces={spaces ?? []} />
      </FrameTitle>
      <div className={classes.bar}>
        <Crumbs id={id} name={place?.name ?? ""} path={path} />
        {picked.length > 0 && (
          <>
            <span>{t.selected(picked.length)}</span>
            <Button variant="default" onClick={() => ask("copy")}>
              {t.copyTo}
            </Button>
            {canWrite && (
              <Button variant="default" onClick={() => ask("move")}>
                {t.moveTo}
              </Button>
            )}
          </>
        )}
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden="true" />}
          loading={listing.isFetching}
          onClick={() => void refresh()}
        >
          {t.refresh}
        </Button>
        {canWrite && (
          <Button
            variant="default"
            leftSection={<IconFolderPlus size={16} aria-hidden="true" />}
            onClick={() => setDialog({ kind: "newFolder" })}
          >
            {t.newFolder}
          </Button>
        )}
      </div>
      {canWrite && <PlaceUploads id={id} path={path} onArrived={() => void refresh()} />}
      {listing.error && !data && <ErrorState error={listing.error} onRetry={() => void listing.refetch()} />}
      {listing.isPending && late && <Skeleton height={160} animate={false} />}
      {data?.status === "offline" && <Offline place={data.place} onRetry={() => void refresh()} />}
      {online && online.entries.length === 0 && <EmptyState icon={IconMoodEmpty} title={t.empty} hint={t.emptyHint} />}
      {online && online.entries.length > 0 && (
        <EntryTable
          place={online.place}
          path={path}
          entries={online.entries}
          chosen={chosen}
          onChoose={setChosen}
          onAsk={setDialog}
          onPreview={(name) => void navigate({ search: (before) => ({ ...before, preview: name }) })}
        />
      )}
      {online && online.entries.length < online.total && (
        <div className={classes.below}>
          <Button variant="default" onClick={() => setLimit(limit + pageLength)}>
            {t.more(online.entries.length, online.total)}
          </Button>
        </div>
      )}
      <div className={classes.below}>
        <CarriesPart />
      </div>
      <EntryDialogs
        {...{ id, path, dialog, preview, entries: online?.entries ?? noEntries }}
        onClose={() => setDialog(null)}
        onBegun={() => setChosen(new Set())}
        onPreview={(name) => void navigate({ search: (before) => ({ ...before, preview: name }) })}
      />
    </div>
  );
}

const noEntries: readonly Entry[] = [];

function Crumbs({ id, name, path }: { readonly id: number; readonly name: string; readonly path: string }) {
  const names = path === "" ? [] : path.split("/");
  const params = { placeId: String(id) };
  const steps = [
    { label: name, to: "" },
    ...names.map((label, at) => ({ label, to: names.slice(0, at + 1).join("/") })),
  ];
  return (
    <Breadcrumbs
      className={classes.crumbs}
      separator={<IconChevronRight size={14} aria-hidden="true" />}
      separatorMargin={4}
    >
      {steps.map(({ label, to }) => (
        <Anchor
          key={to}
          size="sm"
          className={classes.crumb}
          renderRoot={(root) => (
            <Link to="/places/$placeId" params={params} search={to === "" ? {} : { path: to }} {...root} />
          )}
        >
          {label}
        </Anchor>
      ))}
    </Breadcrumbs>
  );
}

/** Never an empty folder: the place is away, since when, and what happens next. */
function Offline({ place, onRetry }: { readonly place: Place; onRetry(): void }) {
  const hint = [place.state.reason, `${seenText(place)}.`, t.retrying].filter(Boolean).join(" ");
  return (
    <div role="alert">
      <EmptyState
        icon={IconCloudOff}
        title={t.offline(place.name)}
        hint={hint}
        action={
          <Button variant="default" onClick={onRetry}>
            {t.retry}
          </Button>
        }
      />
    </div>
  );
}

function PlaceUploads({ id, path, onArrived }: { readonly id: number; readonly path: string; onArrived(): void }) {
  const { person } = useSession();
  const target = { scope: `place:${id}:${person?.id ?? 0}`, endpoint: "/api/places/uploads" };
  return (
    <div className={classes.uploads}>
      <UploadTargetProvider target={target}>
        <UploadsInline folderId={id} below={(name) => below(path, name)} thanks={t.uploaded}>
          {(choose) => (
            <div className={classes.uploadActions}>
              <Arrived onArrived={onArrived} />
              <Button leftSection={<IconUpload size={16} aria-hidden="true" />} onClick={() => choose(false)}>
                {t.upload}
              </Button>
              <Button variant="default" onClick={() => choose(true)}>
                {t.uploadFolder}
              </Button>
            </div>
          )}
        </UploadsInline>
      </UploadTargetProvider>
    </div>
  );
}

/** Looks again when an upload has arrived. */
function Arrived({ onArrived }: { onArrived(): void }) {
  const { done } = useUploads().totals;
  const seen = useRef(done);
  useEffect(() => {
    if (done > seen.current) onArrived();
    seen.current = done;
  }, [done, onArrived]);
  return null;
}
