import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate } from "#web/client.ts";
import { NewPasswordField } from "#web/features/proof/index.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./account.module.css";

const t = strings.account.password;
const minLength = 10;

export function PasswordForm() {
  const { person } = useSession();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [short, setShort] = useState(false);
  const change = useMutation({
    mutationFn: () => call("me.changePassword", { current, next }),
    onSuccess: async () => {
      setCurrent("");
      setNext("");
      notifyDone(t.done);
      await invalidate(client, "session.list", "session.current", "notices.list");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (next.length < minLength) setShort(true);
    else change.mutate();
  };
  return (
    <SettingsSection id="password" title={t.title} hint={t.hint}>
      <form onSubmit={submit} className={classes.form}>
        <input name="username" autoComplete="username" value={person?.name ?? ""} readOnly hidden />
        <PasswordInput
          label={t.current}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
        />
        <NewPasswordField
          label={t.next}
          hint={t.nextHint}
          name={person?.name ?? ""}
          displayName={person?.displayName ?? ""}
          value={next}
          error={short ? t.short : undefined}
          onChange={(value) => {
            setShort(false);
            setNext(value);
          }}
        />
        <ErrorLine error={change.error} />
        <Button
          type="submit"
          loading={change.isPending}
          disabled={current === "" || next === ""}
          className={classes.submit}
        >
          {t.change}
        </Button>
      </form>
    </SettingsSection>
  );
}
