import { Button, Group, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WorkDetail, WorkField } from "#contract/apps/media/works";
import { call } from "#web/client.ts";
import { films as t } from "#web/strings/films.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine, notifyDone, notifyError } from "#web/ui/index.ts";
import { changedFields, type EditForm, formOf, problemsOf } from "./edit-form.ts";
import { useUndoWork, workChanged } from "./work-changes.ts";

const textFields = ["title", "originalTitle", "sortTitle", "year", "airDate", "certification", "tagline"] as const;

const labels: Readonly<Record<keyof EditForm, string>> = {
  title: t.form.name,
  originalTitle: t.form.originalTitle,
  sortTitle: t.form.sortTitle,
  year: t.form.year,
  airDate: t.form.airDate,
  certification: t.form.certification,
  tagline: t.form.tagline,
  overview: t.form.overview,
  genres: t.form.genres,
};

/** Changes the details of a work; what was changed stays as it is from then on, until it is unlocked. */
export function EditDrawer({ detail, onClose }: { readonly detail: WorkDetail; onClose(): void }) {
  const client = useQueryClient();
  const undo = useUndoWork();
  const [form, setForm] = useState(() => formOf(detail));
  const [tried, setTried] = useState(false);
  const workId = detail.work.id;
  const problems = problemsOf(form);
  const save = useMutation({
    mutationFn: () => call("works.edit", { workId, fields: changedFields(detail, form) }),
    onSuccess: async (changed) => {
      await workChanged(client, changed);
      notifyDone(t.form.saved, () => void undo(workId));
      onClose();
    },
  });
  const submit = (): void => {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    if (Object.keys(changedFields(detail, form)).length === 0) onClose();
    else save.mutate();
  };
  const set = (field: keyof EditForm, value: string | string[]): void => setForm({ ...form, [field]: value });
  return (
    <FormDrawer title={t.form.title} action={t.form.save} isBusy={save.isPending} onSubmit={submit} onClose={onClose}>
      <Text size="sm" c="dimmed">
        {t.form.hint}
      </Text>
      {textFields.map((field) => (
        <TextInput
          key={field}
          label={<Label field={field} detail={detail} />}
          value={form[field]}
          error={tried && problems[field]}
          inputMode={field === "year" ? "numeric" : "text"}
          onChange={(event) => set(field, event.currentTarget.value)}
        />
      ))}
      <Textarea
        label={<Label field="overview" detail={detail} />}
        autosize
        minRows={4}
        maxRows={12}
        maxLength={10_000}
        value={form.overview}
        onChange={(event) => set("overview", event.currentTarget.value)}
      />
      <TagsInput
        label={<Label field="genres" detail={detail} />}
        maxTags={100}
        value={form.genres}
        onChange={(value) => set("genres", value)}
      />
      <LockedFields detail={detail} />
      <ErrorLine error={save.error} />
    </FormDrawer>
  );
}

function Label(props: { readonly field: keyof EditForm; readonly detail: WorkDetail }) {
  const isLocked = props.detail.lockedFields.includes(props.field);
  return (
    <>
      {labels[props.field]}
      {isLocked && <IconLock size={12} aria-label={t.form.locked} style={{ marginInlineStart: 4 }} />}
    </>
  );
}

/** Lets locked fields follow the files again. */
function LockedFields({ detail }: { readonly detail: WorkDetail }) {
  const client = useQueryClient();
  const unlock = useMutation({
    mutationFn: (field: WorkField) => call("works.lock", { workId: detail.work.id, unlock: [field] }),
    onSuccess: (changed) => workChanged(client, changed),
    onError: notifyError,
  });
  const locked = detail.lockedFields.filter((field): field is keyof EditForm => field in labels);
  if (locked.length === 0) return null;
  return (
    <Group gap="xs">
      {locked.map((field) => (
        <Button
          key={field}
          size="compact-sm"
          variant="default"
          loading={unlock.isPending && unlock.variables === field}
          onClick={() => unlock.mutate(field)}
        >
          {t.form.unlock(labels[field])}
        </Button>
      ))}
    </Group>
  );
}
