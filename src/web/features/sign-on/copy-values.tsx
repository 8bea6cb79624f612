import { Text, TextInput } from "@mantine/core";
import { signOn } from "#web/strings/signOn.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./sign-on.module.css";

const t = signOn.values;

/** Values to be carried to another program, each with a button that copies it. */
export function CopyValues(props: { readonly values: readonly { readonly label: string; readonly value: string }[] }) {
  return (
    <div className={classes.values}>
      {props.values.map(({ label, value }) => (
        <div key={label} className={classes.value}>
          <TextInput
            readOnly
            label={label}
            value={value}
            onFocus={(event) => event.currentTarget.select()}
            classNames={{ input: classes.mono }}
          />
          <CopyButton value={value} label={t.copy} copiedLabel={t.copied} aria-label={t.copyOf(label)} />
        </div>
      ))}
    </div>
  );
}

/** Why a secret has to be carried over now. */
export function OnceLine({ children }: { readonly children: string }) {
  return (
    <Text size="sm" c="var(--hearth-soon)">
      {children}
    </Text>
  );
}
