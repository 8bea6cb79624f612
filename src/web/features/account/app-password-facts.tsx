import { Button, Stack, Text, TextInput } from "@mantine/core";
import { strings } from "#web/strings.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./account.module.css";

const t = strings.account.apps;

/** What a program wants to know, the secret of its new app password among it, each to be copied. */
export function AppPasswordFacts(props: {
  /** What the address is called, and its path on this server. */
  readonly address: readonly [label: string, path: string];
  readonly user: string;
  readonly secret: string;
  readonly hint?: string;
  onClose(): void;
}) {
  const [addressLabel, path] = props.address;
  const facts: readonly (readonly [string, string])[] = [
    [addressLabel, `${window.location.origin}${path}`],
    [t.user, props.user],
    [t.secret, props.secret],
  ];
  return (
    <Stack gap="md">
      <Text size="sm">{t.once}</Text>
      {facts.map(([label, value]) => (
        <div key={label} className={classes.fact}>
          <TextInput
            readOnly
            label={label}
            value={value}
            onFocus={(event) => event.currentTarget.select()}
            classNames={{ input: classes.mono }}
          />
          <CopyButton value={value} label={t.copy} copiedLabel={t.copied} aria-label={`${t.copy}: ${label}`} />
        </div>
      ))}
      {props.hint && (
        <Text size="sm" c="dimmed">
          {props.hint}
        </Text>
      )}
      <Button onClick={props.onClose} className={classes.submit}>
        {t.done}
      </Button>
    </Stack>
  );
}
