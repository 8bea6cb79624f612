import { Button, Group, TextInput } from "@mantine/core";
import { strings } from "#web/strings.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./people.module.css";
import { readablePassword } from "./quota.ts";

const f = strings.people.fields;
export const passwordMinLength = 10;

/** A password for somebody else: shown, for it has to be passed on, and suggested on request. */
export function PasswordField(props: {
  readonly value: string;
  readonly error?: string | undefined;
  onChange(value: string): void;
}) {
  return (
    <div>
      <TextInput
        label={f.password}
        description={f.passwordHint}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        error={props.error}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: classes.mono }}
      />
      <Group gap={4} mt={4}>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => props.onChange(readablePassword(crypto.getRandomValues(new Uint8Array(20))))}
        >
          {f.generate}
        </Button>
        {props.value !== "" && (
          <CopyButton
            size="compact-sm"
            value={props.value}
            label={strings.account.apps.copy}
            copiedLabel={strings.account.apps.copied}
          />
        )}
      </Group>
    </div>
  );
}
