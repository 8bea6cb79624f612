/**
 * Runs the work again for every call, never twice at a time: calls made while it runs share one further run, which sees all that
 * changed before it began. The promise is of the run that serves the call.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () =>
    (next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        current = work();
        return current;
      }));
}
