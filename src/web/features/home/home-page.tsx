import { Button, Progress, Skeleton, Title } from "@mantine/core";
import { IconClock, IconFolder, IconHome, IconUserShare } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Node, Space } from "#contract/apps/files/browse";
import { query, urls } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import {
  EmptyState,
  ErrorState,
  formatBytes,
  formatWhen,
  Page,
  Section,
  Status,
  Thumb,
  useAfter,
} from "#web/ui/index.ts";
import { GoOn, useGoOn } from "./go-on.tsx";
import { headline } from "./headline.ts";
import classes from "./home.module.css";

const t = strings.rooms.home;
const recentCount = 12;
const iconPx = 40;
const boneCount = 6;

/** What is true right now, the places one has, and what changed last. */
export function HomePage() {
  const { person } = useSession();
  const usage = useQuery(query("usage.overview", {}));
  const spaces = useQuery(query("files.spaces", {}));
  const shared = useQuery(query("files.sharedWithMe", {}));
  const recent = useQuery(query("files.recent", { limit: recentCount }));
  const goOn = useGoOn();
  const state = usage.data ? headline(usage.data) : null;
  const now = Date.now();
  return (
    <Page>
      <FrameTitle title={t.title} />
      <header className={classes.head}>
        <Title order={2} size="h1">
          {t.hello(person?.displayName.split(" ")[0] ?? "")}
        </Title>
        <div className={classes.line}>{state && <Status level={state.level}>{state.text}</Status>}</div>
      </header>
      {spaces.error ? (
        <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} />
      ) : (
        <Section title={t.places}>
          <div className={classes.places}>
            {spaces.data?.spaces.map((space) => <Place key={space.id} space={space} />) ?? <PlaceBone />}
            {spaces.data && <SharedPlace count={shared.data?.items.length ?? 0} />}
          </div>
        </Section>
      )}
      {/* Below the places, so not before their number is known: it would jump. */}
      {!spaces.isPending && !shared.isPending && !goOn.isPending && (
        <>
          <GoOn items={goOn.data?.items ?? []} />
          <Section title={t.recent}>
            <Recent nodes={recent.data?.nodes} pending={recent.isPending} nowMs={now} />
          </Section>
        </>
      )}
    </Page>
  );
}

function Place({ space }: { readonly space: Space }) {
  const name = space.kind === "home" ? t.myFiles : space.name;
  const used = formatBytes(space.usedBytes);
  const Shape = space.kind === "home" ? IconHome : IconFolder;
  const share = space.quotaBytes ? (space.usedBytes / space.quotaBytes) * 100 : null;
  return (
    <Link to="/files/$folderId" params={{ folderId: String(space.rootId) }} className={classes.place}>
      <span className={classes.placeName}>
        <Shape size={20} stroke={1.5} aria-hidden="true" className={classes.accent} />
        {name}
      </span>
      {space.volumeOnline ? (
        <span className={classes.meta}>
          {space.quotaBytes === null ? t.used(used) : t.usedOf(used, formatBytes(space.quotaBytes))}
        </span>
      ) : (
        <Status level="now" sizePx={16}>
          {t.spaceOffline}
        </Status>
      )}
      {share !== null && (
        <Progress value={share} size={4} aria-label={t.usedOf(used, formatBytes(space.quotaBytes ?? 0))} />
      )}
    </Link>
  );
}

/** What others let one into; nothing for whoever has no part in that. */
function SharedPlace({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <Link to="/shared" className={classes.place}>
      <span className={classes.placeName}>
        <IconUserShare size={20} stroke={1.5} aria-hidden="true" className={classes.accent} />
        {strings.shared.title}
      </span>
      <span className={classes.meta}>{strings.common.items(count)}</span>
    </Link>
  );
}

function PlaceBone() {
  return <Skeleton height={84} radius="md" animate={false} />;
}

/** A file in its folder; one of others to which nothing above it is shown, among what they share. */
const wayTo = ({ id, parentId }: Node) =>
  parentId === null
    ? ({ to: "/shared", search: { preview: id } } as const)
    : ({ to: "/files/$folderId", params: { folderId: String(parentId) }, search: { preview: id } } as const);

function Recent(props: {
  readonly nodes: readonly Node[] | undefined;
  readonly pending: boolean;
  readonly nowMs: number;
}) {
  const late = useAfter(props.pending);
  if (props.pending) {
    return (
      <div className={classes.recent} aria-busy="true">
        {late &&
          Array.from({ length: boneCount }, (_, at) => (
            <Skeleton key={at} className={classes.bone} animate={false} radius="md" />
          ))}
      </div>
    );
  }
  if (!props.nodes || props.nodes.length === 0) {
    return (
      <EmptyState
        icon={IconClock}
        title={t.noRecent}
        hint={t.noRecentHint}
        action={
          <Button component={Link} to="/files">
            {t.openFiles}
          </Button>
        }
      />
    );
  }
  return (
    <ul className={classes.recent}>
      {props.nodes.map((node) => (
        <li key={node.id}>
          <Link {...wayTo(node)} className={classes.file}>
            <span className={classes.picture}>
              <Thumb node={node} url={node.hasPreview ? urls.preview(node.id, 256, node.etag) : null} iconPx={iconPx} />
            </span>
            <span className={classes.fileName}>{node.name}</span>
            <span className={classes.meta}>{formatWhen(node.modifiedAtMs, props.nowMs)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
