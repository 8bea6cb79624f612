import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { StepUp } from "#contract/security/sessions";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { canUsePasskeys, CodeField, ProofError, showPasskey, useWait, WayChoice } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";

type Options = Output<"session.stepUpOptions">;
type Method = Options["methods"][number];

const t = strings.proof;

/** What is handed in for a way to confirm; a passkey is asked for first. */
async function proofOf(method: Method, password: string, code: string, passkey: Options["passkey"]): Promise<StepUp> {
  if (method === "totp" || method === "recovery-code") return { method, password, code };
  if (method !== "passkey") return { method, password };
  if (!passkey) throw new Error("no passkey is asked for");
  return { method, ticket: passkey.ticket, response: await showPasskey(passkey.options) };
}

/** One way to confirm, and the others below it. `onRenew` asks for a new passkey question: each is good for one answer. */
export function StepUpForm(props: { readonly options: Options; onRenew(): Promise<unknown>; onDone(): void }) {
  const { passkey } = props.options;
  const client = useQueryClient();
  const ways = props.options.methods.filter((way) => way !== "passkey" || (passkey !== null && canUsePasskeys()));
  const [method, setMethod] = useState<Method>(ways[0] ?? "password");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: async (given: string) => call("session.stepUp", await proofOf(method, password, given, passkey)),
    onSuccess: () => {
      void invalidate(client, "session.current", "session.list");
      props.onDone();
    },
    onError: () => {
      setCode("");
      if (method === "passkey") void props.onRenew();
    },
  });
  const wait = useWait(confirm.error);
  const needsPassword = method !== "passkey";
  const needsCode = method === "totp" || method === "recovery-code";
  const ready = wait === 0 && (!needsPassword || password !== "") && !confirm.isPending;
  const name = client.getQueryData(query("session.current", {}).queryKey)?.person?.name ?? "";
  return (
    <Stack gap="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !(needsCode && code === "")) confirm.mutate(code);
        }}
      >
        <Stack gap="md">
          <input name="username" autoComplete="username" value={name} readOnly hidden />
          {needsPassword && (
            <PasswordInput
              label={t.password}
              autoComplete="current-password"
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          {method === "totp" && (
            <CodeField
              value={code}
              disabled={confirm.isPending}
              onChange={setCode}
              onComplete={(given) => ready && confirm.mutate(given)}
            />
          )}
          {method === "recovery-code" && (
            <TextInput
              label={t.recoveryCode}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          )}
          <ProofError error={confirm.error} waitSeconds={wait} />
          <Button type="submit" fullWidth loading={confirm.isPending} disabled={wait > 0} autoFocus={!needsPassword}>
            {method === "passkey" ? t.usePasskey : t.confirm}
          </Button>
        </Stack>
      </form>
      <WayChoice
        ways={ways.filter((other) => other !== method)}
        onChoose={(way) => {
          setMethod(way);
          setCode("");
          confirm.reset();
        }}
      />
    </Stack>
  );
}
