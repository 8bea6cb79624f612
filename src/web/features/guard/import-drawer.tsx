import { Button, Drawer, FileInput, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { strings } from "#web/strings.ts";
import { guard } from "#web/strings/guard.ts";
import classes from "./guard.module.css";
import { Refusal } from "./refusal.tsx";
import type { Rules } from "./use-rules.ts";

const t = guard.importing;
const maxLength = 900_000;

/** Replaces the rules by what was exported before, here or elsewhere. */
export function ImportDrawer(props: { readonly rules: Rules; onClose(): void }) {
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const load = useMutation({ mutationFn: () => props.rules.importText(text), onSuccess: props.onClose });
  const isTooLarge = text.length > maxLength || (file?.size ?? 0) > maxLength;
  const choose = (chosen: File | null): void => {
    setFile(chosen);
    load.reset();
    if (chosen && chosen.size <= maxLength) void chosen.text().then(setText);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "" && !isTooLarge) load.mutate();
  };
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="right"
      size="lg"
      title={t.title}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text c="dimmed">{t.hint}</Text>
          <FileInput
            label={t.file}
            placeholder={t.choose}
            accept=".yaml,.yml,.json"
            value={file}
            error={isTooLarge && t.tooLarge}
            onChange={choose}
          />
          <Textarea
            label={t.text}
            rows={14}
            spellCheck={false}
            classNames={{ input: classes.code }}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              load.reset();
            }}
          />
          <Refusal error={load.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={load.isPending} disabled={text.trim() === "" || isTooLarge}>
              {t.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}
