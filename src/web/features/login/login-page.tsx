import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call, ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { Door } from "#web/ui/door.tsx";
import { ErrorLine } from "#web/ui/states.tsx";

/** Name and password; leads on to where one wanted to go. */
export function LoginPage() {
  const t = strings.rooms.login;
  const router = useRouter();
  const client = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => call("session.login", { name: name.trim().toLowerCase(), password }),
    onSuccess: async () => {
      await client.fetchQuery({
        queryKey: ["session.current", {}],
        queryFn: () => call("session.current", {}),
        staleTime: 0,
      });
      await router.navigate({ href: next ?? "/", replace: true });
    },
  });
  const wrong = login.error instanceof ProblemError && login.error.code === "unauthenticated";
  return (
    <Door title={t.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t.name}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t.password}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={wrong ? t.wrong : undefined}
          />
          {!wrong && <ErrorLine error={login.error} />}
          <Button type="submit" size="md" fullWidth loading={login.isPending}>
            {t.submit}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
