import { NativeSelect, Skeleton } from "@mantine/core";
import { IconMicrophone2Off } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Lyrics, Song } from "#contract/apps/media/music";
import { query } from "#web/client.ts";
import { music as t } from "#web/strings/music.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import classes from "./lyrics-panel.module.css";
import { musicPlayer } from "./player-access.ts";
import { usePosition } from "./use-position.ts";

/** The words of the song that is heard: timed ones follow it, and a press on a line goes there. */
export function LyricsPanel({ song }: { readonly song: Song }) {
  const { data, error, refetch } = useQuery(query("music.lyrics", { songId: song.id }));
  const [chosen, setChosen] = useState(0);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} animate={false} radius="md" />;
  const lyrics = data.lyrics[chosen] ?? data.lyrics[0];
  if (lyrics === undefined) return <EmptyState icon={IconMicrophone2Off} title={t.noLyrics} hint={t.noLyricsHint} />;
  return (
    <>
      {data.lyrics.length > 1 && (
        <NativeSelect
          aria-label={t.lyricsLanguage}
          mb="sm"
          value={String(chosen)}
          data={data.lyrics.map((one, index) => ({ value: String(index), label: nameOf(one) }))}
          onChange={({ currentTarget: { value } }) => setChosen(Number(value))}
        />
      )}
      {lyrics.isTimed ? <TimedLyrics lyrics={lyrics} /> : <PlainLyrics lyrics={lyrics} />}
    </>
  );
}

function nameOf({ language, source, isTimed }: Lyrics): string {
  return [language === "xxx" ? null : language, source, isTimed ? null : t.plain].filter(Boolean).join(" · ");
}

function PlainLyrics({ lyrics }: { readonly lyrics: Lyrics }) {
  return <p className={classes.plainLyrics}>{lyrics.lines.map(({ text }) => text).join("\n")}</p>;
}

function TimedLyrics({ lyrics }: { readonly lyrics: Lyrics }) {
  const { positionMs } = usePosition();
  const current = lyrics.lines.findLastIndex(({ startMs }) => (startMs ?? 0) <= positionMs);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const line = list.current?.children[current];
    line?.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  }, [current]);
  return (
    <ol ref={list} className={classes.lyrics} aria-label={t.lyrics}>
      {lyrics.lines.map((line, index) => (
        <li key={`${line.startMs} ${index}`}>
          <button
            type="button"
            className={classes.line}
            aria-current={index === current || undefined}
            onClick={() => musicPlayer().seek(line.startMs ?? 0)}
          >
            {line.words.length === 0 || index !== current
              ? line.text || "♪"
              : line.words.map((word, at) => (
                  <span key={at} data-sung={word.startMs <= positionMs || undefined} className={classes.word}>
                    {word.text}
                  </span>
                ))}
          </button>
        </li>
      ))}
    </ol>
  );
}
