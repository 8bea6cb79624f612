import { Button, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { signOn } from "#web/strings/signOn.ts";
import { ErrorLine, formatMoment, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { CopyValues } from "./copy-values.tsx";
import classes from "./sign-on.module.css";

const t = signOn.settings;
type Settings = Output<"oidc.readSettings">;

/** Under which address applications know this house, and the keys that sign for it. */
export function SettingsPart({ settings, issuer }: { readonly settings: Settings; readonly issuer: string }) {
  const client = useQueryClient();
  const [text, setText] = useState(settings.publicUrl ?? "");
  const url = text.trim().replace(/\/+$/, "");
  const isWrong = url !== "" && !URL.canParse(url);
  const save = useMutation({
    mutationFn: () => call("oidc.saveSettings", { publicUrl: url === "" ? null : url }),
    onSuccess: async ({ publicUrl }) => {
      setText(publicUrl ?? "");
      notifyDone(t.saved);
      await invalidate(client, "oidc.readSettings");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isWrong) save.mutate();
  };
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <form onSubmit={submit} className={classes.value} noValidate>
        <TextInput
          label={t.publicUrl}
          description={t.publicUrlHint}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={t.publicUrlPlaceholder}
          inputMode="url"
          spellCheck={false}
          value={text}
          error={isWrong && t.wrong}
          onChange={(event) => {
            save.reset();
            setText(event.currentTarget.value);
          }}
        />
        <Button
          type="submit"
          variant="default"
          loading={save.isPending}
          disabled={isWrong || url === (settings.publicUrl ?? "")}
        >
          {strings.common.save}
        </Button>
      </form>
      <ErrorLine error={save.error} />
      <CopyValues values={[{ label: t.issuer, value: issuer }]} />
      <Keys settings={settings} />
    </SettingsSection>
  );
}

function Keys({ settings }: { readonly settings: Settings }) {
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => call("oidc.rotateKeys", {}),
    onSuccess: () => notifyDone(t.rotated),
    onError: notifyError,
    onSettled: () => invalidate(client, "oidc.readSettings"),
  });
  const signing = settings.keys.filter(({ signs }) => signs);
  const since = signing.length === 0 ? null : Math.max(...signing.map(({ createdAtMs }) => createdAtMs));
  return (
    <SettingsList>
      <SettingsRow
        icon={IconKey}
        name={t.keys}
        facts={[since === null ? t.noKeys : t.keysFrom(formatMoment(since))]}
        action={
          <Button size="compact-sm" variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>
            {t.rotate}
          </Button>
        }
      />
    </SettingsList>
  );
}
