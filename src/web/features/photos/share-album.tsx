import { Button, Checkbox, CloseButton, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { photos as t } from "#web/strings/photos.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone, notifyError } from "#web/ui/index.ts";

type Album = Output<"photos.albums">["albums"][number];
type Member = Album["members"][number];

interface Props {
  readonly album: Album;
  readonly opened: boolean;
  onClose(): void;
}

/** Who of the household sees an album, and who may add to it. */
export function ShareAlbum({ album, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.albums.shareTitle(album.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Members album={album} onClose={onClose} />
    </Modal>
  );
}

const keyOf = ({ kind, id }: Pick<Member, "kind" | "id">): string => `${kind}:${id}`;

function Members({ album, onClose }: Pick<Props, "album" | "onClose">) {
  const client = useQueryClient();
  const { person } = useSession();
  const { data, error } = useQuery(query("people.list", {}));
  const [members, setMembers] = useState<readonly Member[]>(album.members);
  const a = t.albums;
  const names = new Map<string, string>([
    ...(data?.people ?? []).map(({ id, displayName }) => [`person:${id}`, displayName] as const),
    ...(data?.groups ?? []).map(({ id, name }) => [`group:${id}`, name] as const),
  ]);
  const taken = new Set([...members.map(keyOf), `person:${person?.id ?? 0}`]);
  const save = async (): Promise<void> => {
    try {
      await call("photos.shareAlbum", { albumId: album.id, members: [...members] });
      await invalidate(client, "photos.albums");
      notifyDone(a.saved);
      onClose();
    } catch (thrown) {
      notifyError(thrown);
    }
  };
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {a.shareHint}
      </Text>
      <Select
        label={a.who}
        placeholder={a.whoPlaceholder}
        searchable
        value={null}
        comboboxProps={{ withinPortal: false }}
        data={[...names].filter(([key]) => !taken.has(key)).map(([value, label]) => ({ value, label }))}
        onChange={(key) => {
          const [kind, id] = (key ?? "").split(":");
          if (kind === "person" || kind === "group") {
            setMembers([...members, { kind, id: Number(id), contributes: false }]);
          }
        }}
      />
      <ErrorLine error={error} />
      {members.length === 0 && <Text size="sm">{a.nobody}</Text>}
      {members.map((member) => {
        const name = names.get(keyOf(member)) ?? "";
        return (
          <Group key={keyOf(member)} justify="space-between" wrap="nowrap">
            <Text>{name}</Text>
            <Group gap="sm" wrap="nowrap">
              <Checkbox
                label={a.contributes}
                checked={member.contributes}
                onChange={(event) => {
                  const contributes = event.currentTarget.checked;
                  setMembers(members.map((one) => (keyOf(one) === keyOf(member) ? { ...one, contributes } : one)));
                }}
              />
              <CloseButton
                aria-label={a.stop(name)}
                onClick={() => setMembers(members.filter((one) => keyOf(one) !== keyOf(member)))}
              />
            </Group>
          </Group>
        );
      })}
      <Button onClick={() => void save()}>{a.save}</Button>
    </Stack>
  );
}
