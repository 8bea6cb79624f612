import { Button, Drawer, Group, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { strings } from "#web/strings.ts";

/** A form beside the list that it changes, with Cancel and one action at its end. `done` takes the place of the form and is not closed by accident. */
export function FormDrawer(props: {
  readonly title: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly done?: ReactNode;
  readonly children: ReactNode;
  onSubmit(): void;
  onClose(): void;
}) {
  const isDone = props.done !== undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="right"
      size="lg"
      title={props.title}
      closeOnClickOutside={!isDone}
      closeOnEscape={!isDone}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {props.done ?? (
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            {props.children}
            <Group justify="flex-end" gap="xs">
              <Button variant="subtle" color="gray" onClick={props.onClose}>
                {strings.common.cancel}
              </Button>
              <Button type="submit" loading={props.isBusy}>
                {props.action}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Drawer>
  );
}
