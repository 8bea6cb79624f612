import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Playlist, SmartRules } from "#contract/apps/media/music";
import { call, invalidate } from "#web/client.ts";
import { music } from "#web/strings/music.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { RulesField } from "./rules-field.tsx";

const t = music.playlist;
const sharings = ["private", "read", "edit"] as const;
const firstRules: SmartRules = {
  match: "all",
  groups: [{ match: "all", rules: [{ field: "genre", is: "equal", value: "" }] }],
  sort: "artist",
  isDescending: false,
  limit: 500,
};

/** A new list, or the name, sharing and rules of one. */
export function PlaylistForm(props: { readonly list?: Playlist; readonly isSmart: boolean; onClose(): void }) {
  const { list, isSmart, onClose } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(list?.name ?? "");
  const [comment, setComment] = useState(list?.comment ?? "");
  const [sharing, setSharing] = useState(list?.sharing ?? "private");
  const [rules, setRules] = useState<SmartRules>(list?.rules ?? firstRules);
  const save = useMutation({
    mutationFn: () => {
      const common = { name, comment, sharing };
      if (list === undefined) return call("music.createPlaylist", { ...common, rules: isSmart ? rules : null });
      return call("music.updatePlaylist", { id: list.id, ...common, ...(isSmart && { rules }) });
    },
    onSuccess: async ({ playlist }) => {
      onClose();
      await invalidate(client, "music.playlists", "music.playlist");
      if (list === undefined) {
        await navigate({ to: "/music/playlists/$playlistId", params: { playlistId: String(playlist.id) } });
      }
    },
  });
  return (
    <FormDrawer
      title={list === undefined ? (isSmart ? t.newSmart : t.new) : t.edit}
      action={list === undefined ? t.create : t.save}
      isBusy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={t.name}
        required
        data-autofocus
        maxLength={200}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
      {isSmart && <RulesField value={rules} onChange={setRules} />}
      <Textarea
        label={t.comment}
        autosize
        maxLength={2000}
        value={comment}
        onChange={({ currentTarget: { value } }) => setComment(value)}
      />
      {(list === undefined || list.isMine) && (
        <NativeSelect
          label={t.sharing}
          value={sharing}
          data={sharings.map((value) => ({ value, label: t.sharings[value] }))}
          onChange={({ currentTarget: { value } }) => setSharing(sharings.find((one) => one === value) ?? "private")}
        />
      )}
      <ErrorLine error={save.error} />
    </FormDrawer>
  );
}
