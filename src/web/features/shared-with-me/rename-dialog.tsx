import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";

const t = strings.shared;

/** Asks what somebody calls a share; a refusal is shown beside the name. */
export function RenameDialog(props: { readonly nodeId: number; readonly name: string; onClose(): void }) {
  const { nodeId } = props;
  const client = useQueryClient();
  const [name, setName] = useState(props.name);
  const rename = useMutation({
    mutationFn: () => call("mounts.rename", { nodeId, name: name.trim() }),
    onSuccess: async (answer) => {
      notifyDone(t.renamed(answer.name));
      props.onClose();
      await invalidate(client, "files.sharedWithMe", "files.list");
    },
  });
  const isSame = name.trim() === props.name;
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t.renameTitle(props.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !isSame) rename.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t.newName}
            description={t.renameHint}
            value={name}
            maxLength={255}
            spellCheck={false}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => {
              setName(event.currentTarget.value);
              rename.reset();
            }}
          />
          <ErrorLine error={rename.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={rename.isPending} disabled={!name.trim() || isSame}>
              {t.rename}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
