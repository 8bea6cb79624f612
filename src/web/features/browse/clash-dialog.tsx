import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useCallback, useRef, useState } from "react";
import { strings } from "#web/strings.ts";
import type { ClashAnswer, ClashChoice } from "./transfer.ts";
import type { AskClash } from "./use-actions.ts";

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
  return { ask, dialog: question && <ClashDialog key={question.name} question={question} onAnswer={answer} /> };
}

function ClashDialog(props: { readonly question: Question; readonly onAnswer: (answer: ClashAnswer) => void }) {
  const { question, onAnswer } = props;
  const [forAll, setForAll] = useState(false);
  const t = strings.browse;
  const choose = (choice: ClashChoice) => () => onAnswer({ choice, forAll });
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={() => onAnswer(null)}
      title={t.clashTitle(question.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack>
        <Text size="sm">{t.clashHint(question.folderName)}</Text>
        {question.more && (
          <Checkbox label={t.clashAll} checked={forAll} onChange={(event) => setForAll(event.currentTarget.checked)} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={choose("skip")}>
            {t.clashSkip}
          </Button>
          <Button variant="default" onClick={choose("replace")}>
            {t.clashReplace}
          </Button>
          <Button data-autofocus onClick={choose("rename")}>
            {t.clashKeep}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
