import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { RuleDocument, RuleProblem } from "#contract/security/guard";
import { call, invalidate, ProblemError, query } from "#web/client.ts";
import { guard as t } from "#web/strings/guard.ts";
import { notifyDone } from "#web/ui/index.ts";
import { moved } from "./draft.ts";

const calmMs = 1000;
const rulesQuery = query("guard.rules", {});

/** A change that was not made, with everything that stands against it. */
export class RefusedChange extends Error {
  readonly problems: readonly RuleProblem[];
  override readonly cause: ProblemError;
  constructor(cause: ProblemError, problems: readonly RuleProblem[]) {
    super(cause.message);
    this.problems = problems;
    this.cause = cause;
  }
}

/** Why the server refused a document: it names the first reason, a check names all. */
async function explainRefusal(error: unknown, document: RuleDocument | null): Promise<unknown> {
  if (!(error instanceof ProblemError) || (error.code !== "bad-request" && error.code !== "conflict")) return error;
  if (document === null) return new RefusedChange(error, []);
  const { problems } = await call("guard.check", { document }).catch(() => ({ problems: [] }));
  return new RefusedChange(error, problems);
}

const refresh = (client: QueryClient): Promise<void> =>
  invalidate(client, "guard.rules", "guard.counters", "guard.history", "guard.runTests", "guard.findings");

interface Change {
  readonly document: RuleDocument;
  readonly note: string;
  readonly done: string;
}

/**
 * The rules in force and one way to change them: the whole document with the version it was made from. Changes are sent one
 * after the other; each can be undone from the message that tells of it.
 */
export function useRules() {
  const client = useQueryClient();
  const rules = useQuery(rulesQuery);
  const [refusal, setRefusal] = useState<unknown>(null);
  const order = useCalm(calmMs);
  const known = () => client.getQueryData(rulesQuery.queryKey);

  const undo = useMutation({
    mutationFn: () => call("guard.undo", { version: known()?.version ?? 0 }),
    onSuccess: () => notifyDone(t.saved.undone),
    onError: async (error) => setRefusal(await explainRefusal(error, null)),
    onSettled: () => refresh(client),
  });

  const save = useMutation({
    scope: { id: "guard.rules" },
    mutationFn: async ({ document, note }: Change) => {
      const version = known()?.version ?? 0;
      try {
        return await call("guard.setRules", { version, document, note });
      } catch (error) {
        throw await explainRefusal(error, document);
      }
    },
    onSuccess: ({ version }, { document, done }) => {
      client.setQueryData(rulesQuery.queryKey, (old) => old && { ...old, version, document });
      notifyDone(done, () => undo.mutate());
    },
    onSettled: () => refresh(client),
  });

  /** Shows the change at once and takes it back when it is refused. */
  const change = async (edit: (document: RuleDocument) => RuleDocument, done: string): Promise<void> => {
    const now = known();
    if (!now) return;
    setRefusal(null);
    order.forget();
    await client.cancelQueries({ queryKey: rulesQuery.queryKey });
    const document = edit(now.document);
    client.setQueryData(rulesQuery.queryKey, { ...now, document });
    save.mutate({ document, note: done, done }, { onError: setRefusal });
  };

  /** Moves a rule at once; several moves in a row are one change. */
  const move = (id: string, by: -1 | 1): void => {
    const now = known();
    if (!now) return;
    setRefusal(null);
    client.setQueryData(rulesQuery.queryKey, { ...now, document: moved(now.document, id, by) });
    order.later(() => {
      const document = known()?.document;
      if (document) save.mutate({ document, note: t.saved.moved, done: t.saved.moved }, { onError: setRefusal });
    });
  };

  /** For a form that stays open until the change is made; throws what stands against it. */
  const saveFrom = async (edit: (document: RuleDocument) => RuleDocument, done: string): Promise<void> => {
    order.forget();
    const now = known();
    if (now) await save.mutateAsync({ document: edit(now.document), note: done, done });
  };

  const importText = async (text: string): Promise<void> => {
    order.forget();
    try {
      await call("guard.import", { version: known()?.version ?? 0, text, note: t.saved.imported });
    } catch (error) {
      throw await explainRefusal(error, null);
    } finally {
      await refresh(client);
    }
    notifyDone(t.saved.imported, () => undo.mutate());
  };

  return {
    rules,
    change,
    importText,
    move,
    saveFrom,
    undo: () => undo.mutate(),
    isSaving: save.isPending || undo.isPending,
    refusal,
    forgetRefusal: () => setRefusal(null),
  };
}
export type Rules = ReturnType<typeof useRules>;

/** Runs the last thing given once no other came for a while, and at the latest when the page is left. */
function useCalm(delayMs: number) {
  const waiting = useRef<{ readonly act: () => void; readonly timer: ReturnType<typeof setTimeout> }>(undefined);
  const forget = (): void => {
    clearTimeout(waiting.current?.timer);
    waiting.current = undefined;
  };
  const later = (act: () => void): void => {
    forget();
    const run = (): void => {
      waiting.current = undefined;
      act();
    };
    waiting.current = { act: run, timer: setTimeout(run, delayMs) };
  };
  useEffect(
    () => () => {
      clearTimeout(waiting.current?.timer);
      waiting.current?.act();
    },
    [],
  );
  return { later, forget };
}
