import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "#web/client.ts";
import { NewPasswordField } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";
import { Door } from "#web/ui/door.tsx";
import { ErrorLine } from "#web/ui/states.tsx";
import { isLoginName, minPasswordLength, suggestLoginName } from "./login-name.ts";

/** First run: the owner's account, with the code that the terminal shows. Ends on the files page. */
export function SetupPage() {
  const t = strings.rooms.setup;
  const router = useRouter();
  const client = useQueryClient();
  const search = useSearch({ from: "/setup" });
  const [code, setCode] = useState(search.code ?? "");
  const [displayName, setDisplayName] = useState("");
  const [ownName, setOwnName] = useState<string | null>(null);
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const name = ownName ?? suggestLoginName(displayName);
  const valid = isLoginName(name) && password.length >= minPasswordLength;
  const create = useMutation({
    mutationFn: () => call("setup.createOwner", { code: code.trim(), name, displayName: displayName.trim(), password }),
    onSuccess: async () => {
      client.clear();
      await router.navigate({ to: "/files", replace: true });
    },
  });
  return (
    <Door title={t.title} hint={t.hint}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (valid) create.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t.code}
            description={t.codeHint}
            required
            withAsterisk={false}
            autoFocus={!search.code}
            autoComplete="one-time-code"
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <TextInput
            label={t.displayName}
            required
            withAsterisk={false}
            autoComplete="name"
            maxLength={100}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
          />
          <TextInput
            label={t.name}
            description={t.nameHint}
            required
            withAsterisk={false}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={32}
            value={name}
            error={tried && !isLoginName(name) ? t.nameWrong : undefined}
            onChange={(event) => setOwnName(event.currentTarget.value.toLowerCase())}
          />
          <NewPasswordField
            label={t.password}
            hint={t.passwordHint}
            name={name}
            displayName={displayName}
            value={password}
            error={tried && password.length < minPasswordLength ? t.passwordWrong : undefined}
            onChange={setPassword}
          />
          <ErrorLine error={create.error} />
          <Button type="submit" size="md" fullWidth loading={create.isPending}>
            {t.submit}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
