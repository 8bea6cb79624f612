import { Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { LibraryView } from "#contract/apps/media/library";
import { call, invalidate } from "#web/client.ts";
import { libraries } from "#web/strings/libraries.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine } from "#web/ui/index.ts";
import { FolderChoice } from "./folder-choice.tsx";

const t = libraries.form;
type Kind = LibraryView["kind"];
const kinds = Object.entries(libraries.kinds).map(([value, label]) => ({ value, label }));

/** A new library of a folder, or another name and kind of one that is there. */
export function LibraryForm({
  library,
  onClose,
}: {
  readonly library: LibraryView | undefined;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [folderId, setFolderId] = useState<number | null>(null);
  const [kind, setKind] = useState<Kind>(library?.kind ?? "films");
  const [name, setName] = useState(library?.name ?? "");
  const save = useMutation({
    mutationFn: async () => {
      const named = name.trim() === "" ? {} : { name: name.trim() };
      if (library) await call("libraries.update", { libraryId: library.id, kind, ...named });
      else if (folderId !== null) await call("libraries.create", { folderId, kind, ...named });
    },
    onSuccess: onClose,
    onSettled: () => invalidate(client, "libraries.list"),
  });
  return (
    <FormDrawer
      title={library ? t.editTitle : t.newTitle}
      action={library ? t.save : t.create}
      isBusy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Select
        label={t.kind}
        allowDeselect={false}
        value={kind}
        data={kinds}
        onChange={(value) => value !== null && setKind(value as Kind)}
      />
      <TextInput
        label={t.name}
        {...(library ? {} : { description: t.nameHint })}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {!library && <FolderChoice onChange={setFolderId} />}
      <ErrorLine error={save.error} />
    </FormDrawer>
  );
}
