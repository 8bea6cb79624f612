import { useEffect, useMemo, useState } from "react";
import type { Plan } from "#contract/apps/media/decide";
import { player as t } from "#web/strings/player.ts";
import { drawable } from "./capabilities.ts";
import type { DrawingState, DrawnSubtitle } from "./drawing.ts";
import { readSettings, saveSettings } from "./settings.ts";
import type { Extras } from "./times.ts";
import { type SubtitleChoice, subtitleChoices } from "./tracks.ts";
import { useCues } from "./use-cues.ts";
import { type Preparing, usePreparing } from "./use-preparing.ts";
import { useSmallWindow } from "./use-small-window.ts";

const nothing = { subtitles: [], fonts: [] };

/** Which subtitle is shown and how; begins with the language that was shown last. */
export function useSubtitles(deps: {
  readonly itemId: number;
  readonly video: HTMLVideoElement | null;
  readonly extras: Extras | undefined;
  readonly plan: Plan | undefined;
  readonly originMs: number;
  /** Of the picture as it is in the file. */
  readonly film: DrawnSubtitle["film"];
  readonly burn: (index: number | null) => void;
  /** As `burn`, of one that the page could not draw after all. */
  readonly burnInstead: (index: number) => void;
}) {
  const { itemId, video, extras, plan, originMs, film, burn } = deps;
  const can = useMemo(() => drawable(), []);
  const choices = useMemo(() => subtitleChoices(extras ?? nothing, plan, can, film), [extras, plan, can, film]);
  const [key, setKey] = useState<string | null>(null);
  const [failedKey, setFailedKey] = useState<string | null>(null);
  /** Why the server could not take out the one that was chosen. */
  const [refusal, setRefusal] = useState<{ readonly key: string; readonly why: Why } | null>(null);
  const [turn, setTurn] = useState({ number: 0, isSecond: false });
  const [isPlainText, setIsPlainText] = useState(() => readSettings().isPlainText);
  const isAway = useSmallWindow(video);
  const [size, setSize] = useState(() => readSettings().subtitleSize);
  const [shiftSeconds, setShiftSeconds] = useState(0);
  const isKnown = extras !== undefined;
  useEffect(() => {
    if (!isKnown) return;
    const { subtitleLanguage } = readSettings();
    const wanted = choices.find(({ language, isForced }) => language === subtitleLanguage && !isForced);
    setKey(subtitleLanguage === null ? null : (wanted?.key ?? null));
    // Once for a film: later changes of the plan do not turn them on or off.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [isKnown]);
  const chosen = choices.find((choice) => choice.key === key);
  const hasFailed = chosen !== undefined && chosen.key === failedKey;
  const isPlain = isPlainText && chosen?.vttUrl != null;
  const isTakenOut = chosen !== undefined && chosen.streamIndex !== null && chosen.burnIndex === null;
  const preparing = usePreparing(itemId, isTakenOut ? `${chosen.key} ${turn.number}` : null, turn.number > 0);
  const isThere = !isTakenOut || preparing?.state === "ready";
  const drawn = hasFailed || isPlain || isAway || !isThere ? null : (chosen?.drawn ?? null);
  const refuse = (why: Why): void => {
    if (chosen === undefined) return;
    setRefusal({ key: chosen.key, why });
    if (chosen.vttUrl === null && chosen.streamIndex !== null) deps.burnInstead(chosen.streamIndex);
  };
  /** What was taken out may have been lost: it is asked for a second time. */
  const onUnfetched = (): void => {
    if (chosen === undefined) return;
    if (isTakenOut && !turn.isSecond) return setTurn({ number: turn.number + 1, isSecond: true });
    setFailedKey(chosen.key);
    if (isTakenOut) refuse("away");
  };
  const why = preparing?.state === "failed" ? (preparing.why ?? "damaged") : null;
  useEffect(() => {
    if (why !== null) refuse(why);
    // Once for each try.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [why, turn.number, chosen?.key]);
  const vttUrl = drawn === null && isThere ? (chosen?.vttUrl ?? null) : null;
  const cues = useCues(video, vttUrl, originMs, shiftSeconds, isAway, () => isTakenOut && onUnfetched());
  const choose = (next: SubtitleChoice | undefined): void => {
    setKey(next?.key ?? null);
    // What only did not come is drawn again when it does.
    if (refusal !== null) setFailedKey(null);
    setRefusal(null);
    setTurn({ number: turn.number + 1, isSecond: false });
    saveSettings({ subtitleLanguage: next?.language ?? null });
    burn(next?.burnIndex ?? null);
  };
  const onDrawing = (state: DrawingState): void => {
    if (state === "unfetched") onUnfetched();
    if (state !== "failed" || chosen === undefined) return;
    setFailedKey(chosen.key);
    if (chosen.vttUrl === null && chosen.streamIndex !== null) deps.burnInstead(chosen.streamIndex);
  };
  return {
    choices,
    key: chosen?.key ?? null,
    size,
    shiftSeconds,
    cues,
    drawn,
    onDrawing,
    /** Whether this one is chosen as plain text; null when there is nothing to choose. */
    isPlainText: chosen?.drawn == null || chosen.vttUrl === null || hasFailed ? null : isPlainText,
    setPlainText: (next: boolean) => {
      setIsPlainText(next);
      saveSettings({ isPlainText: next });
    },
    /** What the person should know about it. */
    notice: noticeOf(chosen, hasFailed, isAway, refusal !== null && refusal.key === chosen?.key ? refusal.why : null),
    /** While the server takes them out of the film. */
    preparing: preparing?.state === "waiting" || preparing?.state === "running" ? preparing : null,
    choose: (next: string | null) => choose(choices.find((choice) => choice.key === next)),
    toggle: () => choose(chosen ? undefined : choices.find(({ isPossible }) => isPossible)),
    setSize: (next: typeof size) => {
      setSize(next);
      saveSettings({ subtitleSize: next });
    },
    setShift: setShiftSeconds,
  };
}

type Why = NonNullable<Preparing["why"]>;

function noticeOf(
  chosen: SubtitleChoice | undefined,
  hasFailed: boolean,
  isAway: boolean,
  refused: Why | null,
): string | null {
  if (chosen === undefined) return null;
  if (refused !== null)
    return `${t.subtitleRefused[refused]} ${chosen.vttUrl === null ? t.subtitleServerDraws : t.subtitleAgain}`;
  if (isAway) return chosen.vttUrl === null ? t.subtitleNotInWindow : t.subtitleInWindow;
  if (!hasFailed) return null;
  if (chosen.vttUrl !== null) return t.subtitlePlainInstead;
  return chosen.streamIndex === null ? t.subtitleUnreadable : t.subtitleBurntInstead;
}
