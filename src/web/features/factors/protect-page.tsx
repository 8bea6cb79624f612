import { Button, Stack, Text } from "@mantine/core";
import { IconDeviceMobile, IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call, invalidate, query } from "#web/client.ts";
import { leave } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { Door } from "#web/ui/door.tsx";
import { ErrorLine, notifyError } from "#web/ui/index.ts";
import classes from "./factors.module.css";
import { suggestPasskeyName } from "./passkey-name.ts";
import { whyNoPasskeys } from "./passkey-section.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { TotpForm } from "./totp-form.tsx";
import { useNewPasskey } from "./use-new-passkey.ts";
import { useTotpSetUp } from "./use-totp.ts";

const t = strings.security.protect;

/** A role needs a second factor: nothing else opens until one is set up. */
export function ProtectPage() {
  const router = useRouter();
  const client = useQueryClient();
  const { next } = useSearch({ from: "/protect" });
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const totp = useTotpSetUp();
  const goOn = async (): Promise<void> => {
    await client.fetchQuery({ ...query("session.current", {}), staleTime: 0 });
    await invalidate(client, "factors.status");
    await router.navigate({ href: next ?? "/", replace: true });
  };
  const onDone = (recoveryCodes: readonly string[] | null): void => {
    if (recoveryCodes) setCodes(recoveryCodes);
    else void goOn();
  };
  if (codes)
    return (
      <Door title={strings.security.recovery.dialog}>
        <RecoveryCodes codes={codes} onKept={() => void goOn()} />
      </Door>
    );
  if (totp.begin.data)
    return (
      <Door title={strings.security.totp.dialog} isWide>
        <TotpForm setUp={totp} onDone={onDone} />
      </Door>
    );
  return (
    <Door title={t.title} hint={t.hint}>
      <FactorChoice
        isTotpPending={totp.begin.isPending}
        onTotp={() => totp.begin.mutate(undefined, { onError: notifyError })}
        onDone={onDone}
      />
    </Door>
  );
}

function FactorChoice(props: {
  readonly isTotpPending: boolean;
  onTotp(): void;
  onDone(recoveryCodes: readonly string[] | null): void;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const status = useQuery(query("factors.status", {}));
  const passkey = useNewPasskey();
  const logout = useMutation({
    mutationFn: () => call("session.logout", {}),
    onSuccess: () => leave(client, () => router.navigate({ to: "/login" })),
    onError: notifyError,
  });
  const why = status.data ? whyNoPasskeys(status.data) : null;
  const isBusy = props.isTotpPending || passkey.isPending;
  return (
    <Stack gap="md">
      <div className={classes.choices}>
        <button
          type="button"
          className={classes.choice}
          disabled={isBusy || !status.data || why !== null}
          onClick={() =>
            passkey.mutate(suggestPasskeyName(navigator.userAgent, []), {
              onSuccess: ({ recoveryCodes }) => props.onDone(recoveryCodes),
            })
          }
        >
          <IconFingerprint size={28} stroke={1.5} aria-hidden="true" />
          <span>
            <strong>{t.passkeyTitle}</strong>
            {why ?? t.passkeyHint}
          </span>
        </button>
        <button type="button" className={classes.choice} disabled={isBusy} onClick={props.onTotp}>
          <IconDeviceMobile size={28} stroke={1.5} aria-hidden="true" />
          <span>
            <strong>{t.totpTitle}</strong>
            {t.totpHint}
          </span>
        </button>
      </div>
      <ErrorLine error={passkey.error ?? status.error} />
      <Text ta="center">
        <Button variant="subtle" color="gray" size="sm" onClick={() => logout.mutate()}>
          {t.later}
        </Button>
      </Text>
    </Stack>
  );
}
