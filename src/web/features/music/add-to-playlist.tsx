import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { IconPlaylist } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { music as t } from "#web/strings/music.ts";
import { ErrorLine, notifyDone, notifyError } from "#web/ui/index.ts";

/** Into a list that may be changed, or into a new one. */
export function AddToPlaylist(props: { readonly songIds: readonly number[]; onClose(): void }) {
  const { onClose } = props;
  const client = useQueryClient();
  const songIds = [...props.songIds];
  const { data, error } = useQuery(query("music.playlists", {}));
  const [name, setName] = useState("");
  const lists = data?.playlists.filter(({ mayEdit, rules }) => mayEdit && rules === null) ?? [];
  const run = async (work: () => Promise<string>): Promise<void> => {
    const listName = await work();
    notifyDone(t.added(songIds.length, listName));
    onClose();
    await invalidate(client, "music.playlists", "music.playlist");
  };
  const create = (event: FormEvent): void => {
    event.preventDefault();
    const work = async () => (await call("music.createPlaylist", { name, songIds })).playlist.name;
    run(work).catch(notifyError);
  };
  const add = async (id: number, listName: string): Promise<string> => {
    await call("music.addToPlaylist", { id, songIds });
    return listName;
  };
  return (
    <Modal opened onClose={onClose} title={t.addToPlaylist} closeButtonProps={{ "aria-label": strings.common.close }}>
      <Stack gap="xs">
        <ErrorLine error={error} />
        {lists.map((list) => (
          <Button
            key={list.id}
            variant="default"
            justify="start"
            leftSection={<IconPlaylist size={16} aria-hidden="true" />}
            onClick={() => void run(() => add(list.id, list.name)).catch(notifyError)}
          >
            {list.name}
          </Button>
        ))}
        <form onSubmit={create}>
          <Group align="end" gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              label={t.playlist.new}
              placeholder={t.playlist.name}
              value={name}
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            <Button type="submit" disabled={name.trim() === ""}>
              {t.playlist.create}
            </Button>
          </Group>
        </form>
      </Stack>
    </Modal>
  );
}
