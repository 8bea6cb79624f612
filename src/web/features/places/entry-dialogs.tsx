import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Suspense, useState, type FormEvent } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { PlaceEntry } from "#contract/apps/files/places";
import { call, invalidate } from "#web/client.ts";
import { useSpaces } from "#web/features/browse/index.ts";
import { ContentUrlsProvider } from "#web/features/preview/urls.ts";
import { strings } from "#web/strings.ts";
import { places as t } from "#web/strings/places.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { ErrorLine, lazyPart, notifyDone, notifyErrorAs } from "#web/ui/index.ts";
import { below, contentUrls } from "./urls.ts";

const Preview = lazyPart(async () => (await import("#web/features/preview/index.ts")).Preview);
const FolderPicker = lazyPart(async () => (await import("#web/features/browse/folder-picker.tsx")).FolderPicker);

/** What asks for something before it is done. */
export type EntryDialog =
  | { readonly kind: "newFolder" }
  | { readonly kind: "rename" | "remove"; readonly entry: PlaceEntry }
  | { readonly kind: "copy" | "move"; readonly entries: readonly PlaceEntry[] };

interface DialogsProps {
  readonly id: number;
  readonly path: string;
  readonly dialog: EntryDialog | null;
  readonly entries: readonly PlaceEntry[];
  /** Name of the file that is shown. */
  readonly preview: string | undefined;
  onClose(): void;
  /** A copy or move was handed over. */
  onBegun(): void;
  onPreview(name: string | undefined): void;
}

/** The dialogs and the preview of a folder at a place. */
export function EntryDialogs(props: DialogsProps) {
  const { id, path, dialog, entries, preview, onClose, onPreview } = props;
  const nodes = entries.map(nodeOf);
  const shown = nodes.find(({ name, kind }) => kind === "file" && name === preview);
  const urls = contentUrls(
    id,
    entries.map(({ name }) => below(path, name)),
  );
  const carry = dialog?.kind === "copy" || dialog?.kind === "move" ? dialog : null;
  return (
    <Suspense>
      {dialog?.kind === "newFolder" && <NameDialog {...{ id, path, entry: null, onClose }} />}
      {dialog?.kind === "rename" && <NameDialog {...{ id, path, entry: dialog.entry, onClose }} />}
      {dialog?.kind === "remove" && <RemoveDialog {...{ id, path, entry: dialog.entry, onClose }} />}
      {carry && <CarryDialog {...props} mode={carry.kind} chosen={carry.entries} />}
      {shown && (
        <ContentUrlsProvider value={urls}>
          <Preview
            nodes={nodes}
            nodeId={shown.id}
            onNavigate={(nodeId) => onPreview(nodes[nodeId - 1]?.name)}
            onClose={() => onPreview(undefined)}
          />
        </ContentUrlsProvider>
      )}
    </Suspense>
  );
}

/** An entry as the viewers know files: its row stands for the id that it does not have. */
function nodeOf(entry: PlaceEntry, at: number): Node {
  const { name, kind, sizeBytes, mime, etag } = entry;
  const rights = { shared: false, canWrite: false, canShare: false, hasPreview: false };
  const place = { id: at + 1, spaceId: 0, parentId: null, count: 0 };
  return { ...place, ...rights, name, kind, sizeBytes, mime, etag, modifiedAtMs: entry.modifiedAtMs ?? 0 };
}

interface OneProps {
  readonly id: number;
  readonly path: string;
  onClose(): void;
}

/** Names a new folder, or renames an entry. */
function NameDialog({ id, path, entry, onClose }: OneProps & { readonly entry: PlaceEntry | null }) {
  const client = useQueryClient();
  const [name, setName] = useState(entry?.name ?? t.newFolder);
  const save = useMutation({
    mutationFn: async () => {
      const to = below(path, name.trim());
      if (entry === null) return call("places.makeFolder", { id, path: to });
      const { done } = await call("places.move", { id, from: below(path, entry.name), to });
      if (!done) notifyDone(t.goesOn);
      return {};
    },
    onSuccess: async () => {
      await invalidate(client, "places.browse");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "" && name.trim() !== entry?.name) save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={entry === null ? t.newFolder : t.renameOf(entry.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            aria-label={t.columns.name}
            value={name}
            maxLength={255}
            spellCheck={false}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => {
              setName(event.currentTarget.value);
              save.reset();
            }}
          />
          <ErrorLine error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
              {entry === null ? strings.common.create : strings.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** There is no trash: the name of a folder is typed, a file is asked about. */
function RemoveDialog({ id, path, entry, onClose }: OneProps & { readonly entry: PlaceEntry }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call("places.remove", { id, path: below(path, entry.name), confirmName: entry.name }),
    onSuccess: async ({ done }) => {
      notifyDone(done ? t.removed(entry.name) : t.goesOn);
      await invalidate(client, "places.browse");
      onClose();
    },
  });
  const shared = { title: t.removeOf(entry.name), isBusy: remove.isPending, error: remove.error };
  if (entry.kind === "folder") {
    const act = { name: entry.name, action: t.remove, onConfirm: () => remove.mutate() };
    return <ConfirmName {...shared} {...act} text={t.removeText} onClose={onClose} />;
  }
  return (
    <Modal opened onClose={onClose} title={shared.title} closeButtonProps={{ "aria-label": strings.common.close }}>
      <Stack>
        <Text size="sm">{t.removeText}</Text>
        <ErrorLine error={remove.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={onClose}>
            {strings.common.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.remove}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface CarryProps extends DialogsProps {
  readonly mode: "copy" | "move";
  readonly chosen: readonly PlaceEntry[];
}

function CarryDialog({ id, path, mode, chosen, onClose, onBegun }: CarryProps) {
  const client = useQueryClient();
  const startId = useSpaces()?.[0]?.rootId;
  if (startId === undefined) return null;
  const carry = async (folderId: number): Promise<void> => {
    const paths = chosen.map(({ name }) => below(path, name));
    try {
      const from = { kind: "place", placeId: id, paths } as const;
      await call("places.carry", { from, to: { kind: "folder", folderId }, move: mode === "move" });
      notifyDone(t.begun(t.carryMany(chosen[0]?.name ?? "", chosen.length), mode === "move"));
      onBegun();
      await invalidate(client, "places.carries");
    } catch (error) {
      notifyErrorAs(t.carries, error);
    }
  };
  return (
    <FolderPicker
      mode={mode}
      // None of Hearth's folders is what is carried.
      nodes={chosen.map((entry, at) => ({ ...nodeOf(entry, at), id: -1 - at }))}
      startId={startId}
      onPick={(folder) => {
        onClose();
        void carry(folder.id);
      }}
      onClose={onClose}
    />
  );
}
