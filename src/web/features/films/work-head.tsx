import { ActionIcon, Group, Text, Title, Tooltip } from "@mantine/core";
import {
  IconEye,
  IconEyeCheck,
  IconHeart,
  IconHeartFilled,
  IconPlayerPlayFilled,
  IconStarFilled,
} from "@tabler/icons-react";
import type { WatchState } from "#contract/apps/media/watch";
import type { WorkDetail } from "#contract/apps/media/works";
import { films as t } from "#web/strings/films.ts";
import { LinkButton } from "./link-parts.tsx";
import { WatchMark, WorkPicture } from "./poster.tsx";
import { useMarkWatched, useSetFavourite } from "./use-states.ts";
import { WorkMenu } from "./work-menu.tsx";
import { episodeNumber, factsOf, formatPosition, shareWatched } from "./words.ts";
import classes from "./work.module.css";

interface HeadProps {
  readonly detail: WorkDetail;
  /** Below it, in their order: what the big button plays. */
  readonly episodes: WorkDetail["episodes"];
  readonly states: ReadonlyMap<number, WatchState>;
}

/** The top of a work: its pictures, what it is, and the buttons to play it. */
export function WorkHead({ detail, episodes, states }: HeadProps) {
  const { work } = detail;
  const state = work.itemId === null ? undefined : states.get(work.itemId);
  const isWide = work.type === "episode" || work.type === "video";
  return (
    <header className={classes.head}>
      {work.artwork.backdrop && (
        <img className={classes.backdrop} src={`${work.artwork.backdrop}&size=1600`} alt="" decoding="async" />
      )}
      <div className={classes.poster} data-shape={isWide ? "wide" : "poster"}>
        <WorkPicture
          url={isWide ? (work.artwork.thumb ?? work.artwork.poster) : work.artwork.poster}
          title={work.title}
          shape={isWide ? "wide" : "poster"}
          isEager
        />
        <WatchMark isWatched={state?.isWatched ?? false} share={shareWatched(state)} isAway={work.isAway} />
      </div>
      <div className={classes.about}>
        <Title order={2} size="h1">
          {work.type === "season" ? t.season(work.seasonNumber) : work.title}
        </Title>
        <Facts detail={detail} />
        <PlayButtons detail={detail} episodes={episodes} states={states} />
        {detail.tagline && (
          <Text fs="italic" c="dimmed">
            {detail.tagline}
          </Text>
        )}
        {detail.overview && <Text className={classes.overview}>{detail.overview}</Text>}
      </div>
    </header>
  );
}

function Facts({ detail: { work, originalTitle } }: { readonly detail: WorkDetail }) {
  const counts = [
    work.type === "series" && t.seasonCount(work.seasonCount),
    (work.type === "series" || work.type === "season") && t.episodes(work.episodeCount),
  ];
  const line = [work.type === "episode" && episodeNumber(work), factsOf(work), ...counts].filter(Boolean).join(" · ");
  return (
    <div>
      {originalTitle && originalTitle !== work.title && <Text c="dimmed">{originalTitle}</Text>}
      <Group gap="xs">
        <Text c="dimmed" className="tabular">
          {line}
        </Text>
        {work.rating !== null && (
          <Text className={`${classes.rating} tabular`}>
            <IconStarFilled size={14} aria-hidden="true" /> {work.rating.toFixed(1)}
          </Text>
        )}
      </Group>
    </div>
  );
}

/** What the big button plays: the work itself, or the first episode that was not watched to its end. */
function toPlay({ detail, episodes, states }: HeadProps) {
  if (detail.work.itemId !== null) return detail.work;
  return (
    episodes.find(({ itemId }) => itemId !== null && states.get(itemId)?.isWatched !== true) ??
    episodes.find(({ itemId }) => itemId !== null)
  );
}

function PlayButtons(props: HeadProps) {
  const { episodes } = props;
  const { work } = props.detail;
  const target = toPlay(props);
  const state = target?.itemId == null ? undefined : props.states.get(target.itemId);
  const itemIds = [work, ...episodes].flatMap(({ itemId }) => (itemId === null ? [] : [itemId]));
  const isWatched = itemIds.length > 0 && itemIds.every((id) => props.states.get(id)?.isWatched);
  const mark = useMarkWatched();
  const setFavourite = useSetFavourite();
  const watchLabel = isWatched ? t.markUnwatched : t.markWatched;
  const episode = target === undefined || target === work ? "" : episodeNumber(target);
  const label = episode === "" ? t.play : t.playEpisode(episode);
  return (
    <Group gap="xs">
      {target?.itemId != null && (
        <LinkButton
          to="/watch/$itemId"
          params={{ itemId: String(target.itemId) }}
          leftSection={<IconPlayerPlayFilled size={16} aria-hidden="true" />}
        >
          {state?.positionMs ? t.resume(formatPosition(state.positionMs), episode) : label}
        </LinkButton>
      )}
      {state?.positionMs && target?.itemId != null && (
        <LinkButton to="/watch/$itemId" params={{ itemId: String(target.itemId) }} search={{ t: 0 }} variant="default">
          {t.fromStart}
        </LinkButton>
      )}
      {itemIds.length > 0 && (
        <Tooltip label={watchLabel}>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={watchLabel}
            onClick={() => void mark(itemIds, !isWatched)}
          >
            {isWatched ? <IconEyeCheck size={20} /> : <IconEye size={20} />}
          </ActionIcon>
        </Tooltip>
      )}
      {work.itemId !== null && (
        <Favourite
          isFavourite={props.states.get(work.itemId)?.isFavourite ?? false}
          onChange={(isFavourite) => void setFavourite(work.itemId ?? 0, isFavourite)}
        />
      )}
      <WorkMenu detail={props.detail} />
    </Group>
  );
}

function Favourite(props: { readonly isFavourite: boolean; onChange(isFavourite: boolean): void }) {
  const label = props.isFavourite ? t.unfavourite : t.favourite;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        aria-pressed={props.isFavourite}
        onClick={() => props.onChange(!props.isFavourite)}
      >
        {props.isFavourite ? <IconHeartFilled size={20} /> : <IconHeart size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}
