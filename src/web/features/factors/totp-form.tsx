import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ProblemError } from "#web/client.ts";
import { CodeField, ProofError, useWait } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";
import { CopyButton } from "#web/ui/index.ts";
import { QrCode } from "#web/ui/qr-code.tsx";
import classes from "./factors.module.css";
import type { TotpSetUp } from "./use-totp.ts";

const t = strings.security.totp;

/** In groups of four: read aloud and typed without losing the place. */
const grouped = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ");

/** The secret as a square and as text, and the field for the first code. `begin` has been run. */
export function TotpForm(props: { readonly setUp: TotpSetUp; onDone(recoveryCodes: readonly string[] | null): void }) {
  const { begin, confirm } = props.setUp;
  const [code, setCode] = useState("");
  const wait = useWait(confirm.error);
  if (!begin.data) return null;
  const { secret, uri } = begin.data;
  const refused = confirm.error instanceof ProblemError ? confirm.error.code : null;
  const wrong = refused === "unauthenticated" || refused === "forbidden" || refused === "bad-request";
  const submit = (given: string): void => {
    if (wait > 0 || given === "") return;
    confirm.mutate(given, {
      onSuccess: ({ recoveryCodes }) => props.onDone(recoveryCodes),
      onError: () => setCode(""),
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit(code);
      }}
    >
      <Stack gap="lg">
        <div className={classes.scan}>
          <QrCode text={uri} label={t.qrAlt} />
          <div className={classes.scanText}>
            <Text size="sm">{t.scan}</Text>
            <Anchor href={uri} size="sm">
              {t.onThisDevice}
            </Anchor>
            <Text size="sm" c="dimmed">
              {t.byHand}
            </Text>
            <code className={classes.secret}>{grouped(secret)}</code>
            <CopyButton size="compact-sm" value={secret} label={t.copy} copiedLabel={t.copied} />
          </div>
        </div>
        <CodeField
          label={t.confirm}
          autoFocus
          value={code}
          disabled={confirm.isPending}
          error={refused === "gone" ? t.expired : wrong ? strings.proof.codeWrong : undefined}
          onChange={setCode}
          onComplete={submit}
        />
        {!wrong && refused !== "gone" && <ProofError error={confirm.error} waitSeconds={wait} />}
        <Button type="submit" loading={confirm.isPending} disabled={wait > 0}>
          {strings.proof.confirm}
        </Button>
      </Stack>
    </form>
  );
}
