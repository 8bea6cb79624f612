import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Person } from "#contract/security/identity";
import { call } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { PasswordField, passwordMinLength } from "./password-field.tsx";

const t = strings.people;

/** Give somebody a new password. */
export function ResetDialog({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const [password, setPassword] = useState("");
  const [endAppPasswords, setEndAppPasswords] = useState(true);
  const [short, setShort] = useState(false);
  const reset = useMutation({
    mutationFn: () => call("people.resetPassword", { id: person.id, password, endAppPasswords }),
    onSuccess: () => {
      notifyDone(t.resetDone(person.displayName));
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password.length < passwordMinLength) setShort(true);
    else reset.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t.resetPassword}: ${person.displayName}`}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t.resetHint}</Text>
          <PasswordField
            value={password}
            error={short ? t.fields.passwordShort : undefined}
            onChange={(value) => {
              setShort(false);
              setPassword(value);
            }}
          />
          <Checkbox
            label={t.resetAppPasswords}
            description={t.resetAppPasswordsHint}
            checked={endAppPasswords}
            onChange={(event) => setEndAppPasswords(event.currentTarget.checked)}
          />
          <ErrorLine error={reset.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={reset.isPending}>
              {strings.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
