import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { strings } from "#web/strings.ts";

const t = strings.trash;

interface ConfirmProps {
  readonly opened: boolean;
  onClose(): void;
  onConfirm(): void;
}

function Confirm(
  props: ConfirmProps & {
    readonly title: string;
    readonly action: string;
    readonly ready: boolean;
    readonly children: ReactNode;
  },
) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!props.ready) return;
    props.onConfirm();
    props.onClose();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {props.children}
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" color="red" disabled={!props.ready}>
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function ConfirmPurge(props: ConfirmProps & { readonly count: number }) {
  return (
    <Confirm {...props} title={t.confirmPurge.title} action={t.purge} ready>
      <Text size="sm">{t.confirmPurge.body(props.count)}</Text>
    </Confirm>
  );
}

/** Everything at once asks for a typed word. */
export function ConfirmEmpty(props: ConfirmProps & { readonly count: number; readonly size: string }) {
  const [typed, setTyped] = useState("");
  const { word } = t.confirmEmpty;
  return (
    <Confirm
      {...props}
      onClose={() => {
        setTyped("");
        props.onClose();
      }}
      title={t.confirmEmpty.title}
      action={t.emptyAction}
      ready={typed.trim().toLowerCase() === word}
    >
      <Text size="sm">{t.confirmEmpty.body(props.count, props.size)}</Text>
      <TextInput
        label={t.confirmEmpty.type(word)}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="off"
        data-autofocus
      />
    </Confirm>
  );
}
