import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "./states.tsx";

/** Before what cannot be undone: its name is typed. */
export function ConfirmName(props: {
  readonly title: string;
  readonly text: string;
  readonly name: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  onConfirm(): void;
  onClose(): void;
}) {
  const [typed, setTyped] = useState("");
  const isRight = typed.trim() === props.name;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isRight) props.onConfirm();
  };
  return (
    <Modal opened onClose={props.onClose} title={props.title} closeButtonProps={{ "aria-label": strings.common.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{props.text}</Text>
          <TextInput
            label={strings.common.typeName(props.name)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
          />
          <ErrorLine error={props.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" color="red" disabled={!isRight} loading={props.isBusy}>
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
