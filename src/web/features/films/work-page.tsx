import { Skeleton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { WorkDetail } from "#contract/apps/media/works";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { films as t } from "#web/strings/films.ts";
import { ErrorState, Page, useAfter } from "#web/ui/index.ts";
import { EpisodeList, SeasonRow } from "./episodes.tsx";
import { LinkAnchor, LinkButton } from "./link-parts.tsx";
import { ExtrasPart, PeoplePart, VersionsPart } from "./work-parts.tsx";
import { WorkHead } from "./work-head.tsx";
import { useStates } from "./use-states.ts";
import classes from "./work.module.css";

const route = getRouteApi("/app/films/$workId");

/** `/films/ID`: a film, a series, a season, an episode or a home video with all that belongs to it. */
export function WorkPage() {
  const { workId } = route.useParams();
  const { data, error, isPending, refetch } = useQuery(query("works.get", { workId: Number(workId) }));
  const late = useAfter(isPending);
  return (
    <Page>
      <FrameTitle title={data?.work.title ?? t.title} />
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={360} animate={false} radius="md" />}
      {data && <Work key={data.work.id} detail={data} />}
    </Page>
  );
}

const mostEpisodes = 500;

/** Every episode below a work, for playing the next one; a series shows its seasons and not these. */
function useEpisodes({ work, episodes }: WorkDetail): WorkDetail["episodes"] {
  const isAsked = work.type === "series" && episodes.length === 0;
  const { data } = useQuery({
    ...query("works.list", { types: ["episode"], parentId: work.id, sort: "air", limit: mostEpisodes }),
    enabled: isAsked,
  });
  return isAsked ? (data?.works ?? none) : episodes;
}
const none: WorkDetail["episodes"] = [];

function Work({ detail }: { readonly detail: WorkDetail }) {
  const { work, seasons, episodes } = detail;
  const playable = useEpisodes(detail);
  const itemIds = useMemo(
    () => [work, ...playable].flatMap(({ itemId }) => (itemId === null ? [] : [itemId])),
    [work, playable],
  );
  const states = useStates(itemIds);
  return (
    <article className={classes.work}>
      <Above detail={detail} />
      <WorkHead detail={detail} episodes={playable} states={states} />
      {seasons.length > 0 && <SeasonRow seasons={seasons} />}
      {episodes.length > 0 && <EpisodeList episodes={episodes} states={states} />}
      <PeoplePart detail={detail} />
      <ExtrasPart extras={detail.extras} />
      <VersionsPart versions={detail.versions} />
      <Neighbours detail={detail} />
    </article>
  );
}

/** The way back to the series and the season. */
function Above({ detail: { work } }: { readonly detail: WorkDetail }) {
  if (work.seriesId === null) return null;
  const link = (id: number, label: string) => (
    <LinkAnchor to="/films/$workId" params={{ workId: String(id) }} size="sm">
      {label}
    </LinkAnchor>
  );
  return (
    <nav aria-label={t.title} className={classes.above}>
      {link(work.seriesId, work.seriesTitle ?? t.types.series)}
      {work.seasonId !== null && work.type === "episode" && (
        <>
          <span aria-hidden="true">/</span>
          {link(work.seasonId, t.season(work.seasonNumber))}
        </>
      )}
    </nav>
  );
}

function Neighbours({ detail: { previousId, nextId } }: { readonly detail: WorkDetail }) {
  if (previousId === null && nextId === null) return null;
  return (
    <nav aria-label={t.next} className={classes.neighbours}>
      {previousId !== null && (
        <LinkButton
          to="/films/$workId"
          params={{ workId: String(previousId) }}
          variant="default"
          leftSection={<IconChevronLeft size={16} aria-hidden="true" />}
        >
          {t.previous}
        </LinkButton>
      )}
      {nextId !== null && (
        <LinkButton
          to="/films/$workId"
          params={{ workId: String(nextId) }}
          variant="default"
          ml="auto"
          rightSection={<IconChevronRight size={16} aria-hidden="true" />}
        >
          {t.next}
        </LinkButton>
      )}
    </nav>
  );
}
