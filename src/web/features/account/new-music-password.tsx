import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, type Input } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { AppPasswordFacts } from "./app-password-facts.tsx";

const t = strings.account.apps;

/** Makes an app password that music apps can log in with (OpenSubsonic), and shows its secret once. */
export function NewMusicPassword({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (input: Input<"subsonic.createPassword">) => call("subsonic.createPassword", input),
    onSuccess: () => invalidate(client, "appPassword.list"),
  });
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? t.created : t.music.add}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {made ? (
        <AppPasswordFacts
          address={[t.music.address, ""]}
          user={made.user}
          secret={made.secret}
          hint={t.music.setUp}
          onClose={onClose}
        />
      ) : (
        <Form busy={create.isPending} error={create.error} onCreate={create.mutate} onClose={onClose} />
      )}
    </Modal>
  );
}

function Form(props: {
  readonly busy: boolean;
  readonly error: unknown;
  onCreate(input: Input<"subsonic.createPassword">): void;
  onClose(): void;
}) {
  const [label, setLabel] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (label.trim() !== "") props.onCreate({ label: label.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{t.music.hint}</Text>
        <TextInput
          label={t.label}
          placeholder={t.music.labelPlaceholder}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <ErrorLine error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onClose}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" loading={props.busy} disabled={label.trim() === ""}>
            {t.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
