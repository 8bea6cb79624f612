import { Button, type ButtonProps } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";

const shownMs = 2000;

/** Copies `value` and says so for two seconds. Works on plain HTTP too, where browsers offer no clipboard interface. */
export function CopyButton(
  props: ButtonProps & { readonly value: string; readonly label: string; readonly copiedLabel: string },
) {
  const { value, label, copiedLabel, ...rest } = props;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const Shape = copied ? IconCheck : IconCopy;
  return (
    <Button
      variant="default"
      {...rest}
      leftSection={<Shape size={16} stroke={1.5} aria-hidden="true" />}
      onClick={(event) => void copyText(value, event.currentTarget).then(setCopied)}
    >
      <span aria-live="polite">{copied ? copiedLabel : label}</span>
    </Button>
  );
}

/** True when the text is on the clipboard. `near` is where the fallback puts its field, so that a dialog's focus trap lets it be. */
async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  if (window.isSecureContext)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.position = "fixed";
  field.style.opacity = "0";
  near.after(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  near.focus();
  return done;
}
