import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call, type Output, ProblemError, query } from "#web/client.ts";

export type Preparing = Output<"extras.prepare">;

const everyMs = 2_000;

/**
 * Has the server take the subtitles out of a film, and follows how far that is; it goes on when the page is left. `turn` is another text
 * for each try, and null when nothing is wanted; `isAnew`: somebody asks by hand, so what failed a moment ago is tried again. Null before
 * the first answer.
 */
export function usePreparing(itemId: number, turn: string | null, isAnew: boolean): Preparing | null {
  const client = useQueryClient();
  const [told, setTold] = useState<{ readonly turn: string; readonly answer: Preparing } | null>(null);
  useEffect(() => {
    if (turn === null) return undefined;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (isFirst: boolean): Promise<void> => {
      const answer = await call("extras.prepare", { itemId, isAnew: isAnew && isFirst }).catch(failed);
      // What is known of the film says more now.
      if (answer?.state === "ready" && !isFirst)
        await client.invalidateQueries({ queryKey: query("extras.get", { itemId }).queryKey });
      if (isOver) return;
      if (answer !== null) setTold({ turn, answer });
      const isUnderWay = answer === null || answer.state === "waiting" || answer.state === "running";
      if (isUnderWay) timer = setTimeout(() => void ask(false), everyMs);
    };
    void ask(true);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [client, itemId, turn, isAnew]);
  return told?.turn === turn ? told.answer : null;
}

/** Null for what is over when the connection is back, or the server has time. */
function failed(error: unknown): Preparing | null {
  if (error instanceof ProblemError && error.retryable) return null;
  return { state: "failed", doneBytes: null, totalBytes: 0, leftMs: null, why: "away" };
}
