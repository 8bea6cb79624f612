import { useEffect, useState } from "react";
import { ProblemError } from "#web/client.ts";

/** Seconds that the server still makes one wait after this refusal, counting down; 0 when it may be tried again. */
export function useWait(error: unknown): number {
  const seconds =
    error instanceof ProblemError && error.code === "too-many-requests" ? (error.retryAfterSeconds ?? 0) : 0;
  const [now, setNow] = useState({ error, left: seconds });
  if (now.error !== error) setNow({ error, left: seconds });
  useEffect(() => {
    if (seconds === 0) return;
    const endMs = performance.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((endMs - performance.now()) / 1000));
      setNow({ error, left });
      if (left === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return now.error === error ? now.left : seconds;
}
