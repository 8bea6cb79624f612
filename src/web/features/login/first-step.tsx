import { Button, Divider, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint, IconLogin2 } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, ProblemError, query, type Output } from "#web/client.ts";
import { canUsePasskeys, ProofError, useWait } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";
import { usePasskeyLogin } from "./use-passkey-login.ts";

const otherWay = { size: "md", fullWidth: true, variant: "default" } as const;

/** Name and password, or a passkey, which needs neither. */
export function FirstStep(props: {
  readonly next: string | undefined;
  readonly isLate: boolean;
  readonly onStep: (step: Output<"session.login">) => Promise<void>;
}) {
  const t = strings.login;
  const { onStep } = props;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const passkey = usePasskeyLogin(onStep);
  const login = useMutation({
    mutationFn: () => call("session.login", { name: name.trim().toLowerCase(), password }),
    onMutate: passkey.reset,
    onSuccess: onStep,
  });
  const wait = useWait(login.error);
  const passkeyWait = useWait(passkey.error);
  const wrong = login.error instanceof ProblemError && login.error.code === "unauthenticated";
  const providers = useQuery(query("loginProvider.options", {})).data?.providers ?? [];
  const hasPasskeys = canUsePasskeys();
  return (
    <Stack gap="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) login.mutate();
        }}
      >
        <Stack gap="md">
          {props.isLate && login.isIdle && (
            <Text size="sm" c="var(--hearth-soon)" role="status">
              {t.tooLate}
            </Text>
          )}
          <TextInput
            label={t.name}
            name="username"
            autoComplete="username webauthn"
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
          {!wrong && <ProofError error={login.error} waitSeconds={wait} />}
          <Button type="submit" size="md" fullWidth loading={login.isPending} disabled={wait > 0}>
            {t.submit}
          </Button>
        </Stack>
      </form>
      {(hasPasskeys || providers.length > 0) && <Divider label={t.or} />}
      {hasPasskeys && (
        <Button
          {...otherWay}
          leftSection={<IconFingerprint size={20} stroke={1.5} aria-hidden="true" />}
          loading={passkey.button.isPending}
          onClick={() => passkey.button.mutate()}
        >
          {t.passkey}
        </Button>
      )}
      <ProofError error={passkey.error} waitSeconds={passkeyWait} />
      {providers.map(({ id, name: provider, loginPath }) => (
        <Button
          key={id}
          {...otherWay}
          component="a"
          href={`${loginPath}?next=${encodeURIComponent(props.next ?? "/")}`}
          leftSection={<IconLogin2 size={20} stroke={1.5} aria-hidden="true" />}
        >
          {t.provider(provider)}
        </Button>
      ))}
    </Stack>
  );
}
