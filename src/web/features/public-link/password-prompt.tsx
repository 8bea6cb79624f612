import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconLock } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { call, ProblemError, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import classes from "./public-link.module.css";

const t = strings.publicLink.password;

/** Asks for the password of a link; the server remembers the right one for this link in a cookie. */
export function PasswordPrompt(props: { readonly token: string; onOpen(link: Output<"publicLink.open">): void }) {
  const [password, setPassword] = useState("");
  const open = useMutation({
    mutationFn: () => call("publicLink.open", { token: props.token, password }),
    onSuccess: (link) => {
      if (!link.needsPassword) props.onOpen(link);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== "") open.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.prompt}>
      <Stack gap="md">
        <IconLock size={40} stroke={1.25} aria-hidden="true" className={classes.dimmed} />
        <Title order={2} size="h3">
          {t.title}
        </Title>
        <Text size="sm" c="dimmed">
          {t.hint}
        </Text>
        <PasswordInput
          label={t.label}
          value={password}
          onChange={(event) => {
            open.reset();
            setPassword(event.currentTarget.value);
          }}
          error={problemOf(open.error, open.data?.needsPassword ?? false)}
          autoComplete="off"
          autoFocus
        />
        <Button type="submit" loading={open.isPending}>
          {t.open}
        </Button>
      </Stack>
    </form>
  );
}

function problemOf(error: unknown, stillLocked: boolean): string | false {
  if (stillLocked) return t.wrong;
  if (!error) return false;
  if (!(error instanceof ProblemError)) return strings.common.error.title;
  if (error.code === "too-many-requests") return t.tooMany;
  if (error.code === "forbidden" || error.code === "unauthenticated") return t.wrong;
  return [error.detail || error.title, error.id].filter(Boolean).join(" · ");
}
