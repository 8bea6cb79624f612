import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./account.module.css";

const t = strings.account.profile;

export function ProfileForm() {
  const { person } = useSession();
  const client = useQueryClient();
  const [displayName, setDisplayName] = useState(person?.displayName ?? "");
  const save = useMutation({
    mutationFn: () => call("me.update", { displayName: displayName.trim() }),
    onSuccess: async () => {
      notifyDone(t.saved);
      await invalidate(client, "session.current", "people.list");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <SettingsSection title={t.title}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput label={t.loginName} value={person?.name ?? ""} readOnly variant="unstyled" />
        <TextInput
          label={t.displayName}
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
          maxLength={100}
          autoComplete="name"
          required
          withAsterisk={false}
        />
        <ErrorLine error={save.error} />
        <Button
          type="submit"
          loading={save.isPending}
          disabled={displayName.trim() === "" || displayName.trim() === person?.displayName}
          className={classes.submit}
        >
          {strings.common.save}
        </Button>
      </form>
    </SettingsSection>
  );
}
