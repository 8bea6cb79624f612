import { Text } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { WatchState } from "#contract/apps/media/watch";
import type { WorkCard } from "#contract/apps/media/works";
import { films as t } from "#web/strings/films.ts";
import { formatDuration, Section } from "#web/ui/index.ts";
import filmClasses from "./films.module.css";
import { WatchMark, WorkPicture } from "./poster.tsx";
import { episodeNumber, shareWatched } from "./words.ts";
import classes from "./work.module.css";

/** The seasons of a series, as posters. */
export function SeasonRow({ seasons }: { readonly seasons: readonly WorkCard[] }) {
  return (
    <Section title={t.seasons}>
      <ul className={filmClasses.grid}>
        {seasons.map((season) => (
          <li key={season.id} className={filmClasses.cell}>
            <Link to="/films/$workId" params={{ workId: String(season.id) }} className={filmClasses.card}>
              <span className={filmClasses.frame}>
                <WorkPicture url={season.artwork.poster} title={t.season(season.seasonNumber)} shape="poster" />
                <WatchMark isWatched={false} share={0} isAway={season.isAway} />
              </span>
              <span className={filmClasses.cardTitle}>{t.season(season.seasonNumber)}</span>
              <span className={filmClasses.cardFacts}>{t.episodes(season.episodeCount)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface EpisodesProps {
  readonly episodes: readonly WorkCard[];
  readonly states: ReadonlyMap<number, WatchState>;
}

/** Episodes in their order: the picture plays, the title shows more. */
export function EpisodeList({ episodes, states }: EpisodesProps) {
  return (
    <Section title={t.season(null)}>
      <ol className={classes.episodes}>
        {episodes.map((episode) => (
          <li key={episode.id} className={classes.episode}>
            <EpisodePicture
              episode={episode}
              state={episode.itemId === null ? undefined : states.get(episode.itemId)}
            />
            <Link to="/films/$workId" params={{ workId: String(episode.id) }} className={classes.episodeText}>
              <span className={filmClasses.cardTitle}>{episode.title}</span>
              <Text size="sm" c="dimmed" component="span" className="tabular">
                {[
                  episodeNumber(episode),
                  episode.durationMs !== null && formatDuration(episode.durationMs),
                  episode.episodeNumber !== null && episode.airDate,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </Text>
            </Link>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function EpisodePicture(props: { readonly episode: WorkCard; readonly state: WatchState | undefined }) {
  const { episode, state } = props;
  const picture = (
    <>
      <WorkPicture url={episode.artwork.thumb} title={episodeNumber(episode)} shape="wide" />
      <WatchMark isWatched={state?.isWatched ?? false} share={shareWatched(state)} isAway={episode.isAway} />
    </>
  );
  if (episode.itemId === null) return <span className={filmClasses.frame}>{picture}</span>;
  return (
    <Link
      to="/watch/$itemId"
      params={{ itemId: String(episode.itemId) }}
      className={filmClasses.frame}
      aria-label={`${t.play}: ${episode.title}`}
    >
      {picture}
      <span className={classes.playHint} aria-hidden="true">
        <IconPlayerPlayFilled size={24} />
      </span>
    </Link>
  );
}
