import { Suspense, useEffect, useEffectEvent, useRef, useState } from "react";
import { onStepUpRequired } from "#web/client.ts";
import { lazyPart } from "#web/ui/lazy-part.ts";

const Dialog = lazyPart(async () => (await import("./dialog.tsx")).StepUpDialog);

interface Question {
  readonly answer: Promise<boolean>;
  readonly resolve: (confirmed: boolean) => void;
}

function newQuestion(): Question {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  return { answer: promise, resolve };
}

/**
 * Answers `step-up-required` for the whole page: one dialog, however many calls wait for it. What asked stays as it is below the
 * dialog, with everything that was typed.
 */
export function StepUpHost() {
  const open = useRef<Question | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const close = (confirmed: boolean): void => {
    const question = open.current;
    open.current = null;
    setIsOpen(false);
    question?.resolve(confirmed);
  };
  const ask = useEffectEvent(() => {
    open.current ??= newQuestion();
    setIsOpen(true);
    return open.current.answer;
  });
  // Registered before any dialog of a page: Escape closes this one only, and what was typed below it stays.
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing || open.current === null) return;
    event.stopImmediatePropagation();
    close(false);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onEscape(event);
    window.addEventListener("keydown", listener, { capture: true });
    onStepUpRequired(() => ask());
    return () => {
      window.removeEventListener("keydown", listener, { capture: true });
      onStepUpRequired(undefined);
    };
  }, []);
  if (!isOpen) return null;
  return (
    <Suspense>
      <Dialog onClose={close} />
    </Suspense>
  );
}
