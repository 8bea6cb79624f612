import { TextInput } from "@mantine/core";
import { strings } from "#web/strings.ts";
import classes from "./proof.module.css";

const digits = 6;

/** Six digits of an authenticator app. The sixth one hands them in; phones and password managers can fill them (`one-time-code`). */
export function CodeField(props: {
  readonly value: string;
  readonly label?: string;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  onChange(value: string): void;
  onComplete(code: string): void;
}) {
  return (
    <TextInput
      label={props.label ?? strings.proof.code}
      classNames={{ input: classes.code, label: classes.label }}
      size="md"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]*"
      spellCheck={false}
      autoFocus={props.autoFocus}
      data-autofocus={props.autoFocus || undefined}
      readOnly={props.disabled}
      value={props.value}
      error={props.error}
      onChange={(event) => {
        const code = event.currentTarget.value.replaceAll(/\D/g, "").slice(0, digits);
        if (code === props.value) return;
        props.onChange(code);
        if (code.length === digits) props.onComplete(code);
      }}
    />
  );
}
