import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";

/** Asks for a name and makes the folder; a refusal is shown beside the name. */
export function NewFolderDialog(props: {
  readonly create: (name: string) => Promise<Node>;
  readonly onDone: (node: Node) => void;
  readonly onClose: () => void;
}) {
  const t = strings.browse;
  const [name, setName] = useState<string>(t.newFolderDefault);
  const create = useMutation({ mutationFn: () => props.create(name.trim()), onSuccess: props.onDone });
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={props.onClose}
      title={t.newFolder}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) create.mutate();
        }}
      >
        <Stack>
          <TextInput
            aria-label={t.newFolderName}
            value={name}
            maxLength={255}
            spellCheck={false}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => {
              setName(event.currentTarget.value);
              create.reset();
            }}
          />
          <ErrorLine error={create.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
              {strings.common.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
