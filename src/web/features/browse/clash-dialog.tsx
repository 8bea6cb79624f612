import { useCallback, useRef, useState } from "react";
import { strings } from "#web/strings.ts";
import { ClashDialog } from "#web/ui/clash-dialog.tsx";
import type { ClashAnswer } from "./transfer.ts";
import type { AskClash } from "./use-actions.ts";

const t = strings.browse;

interface Question {
  readonly name: string;
  readonly folderName: string;
  readonly more: boolean;
}

/** The question about a taken name as a promise, and the dialog that asks it. */
export function useClashDialog() {
  const [question, setQuestion] = useState<Question | null>(null);
  const settle = useRef<((answer: ClashAnswer) => void) | null>(null);
  const ask = useCallback<AskClash>((node, folderName, more) => {
    setQuestion({ name: node.name, folderName, more });
    return new Promise((resolve) => {
      settle.current = resolve;
    });
  }, []);
  const answer = (value: ClashAnswer): void => {
    setQuestion(null);
    settle.current?.(value);
    settle.current = null;
  };
  const dialog = question && (
    <ClashDialog
      key={question.name}
      name={question.name}
      hint={t.clashHint(question.folderName)}
      forAllLabel={question.more ? t.clashAll : null}
      onAnswer={(choice, forAll) => answer({ choice, forAll })}
      onClose={() => answer(null)}
    />
  );
  return { ask, dialog };
}
