import { Button } from "@mantine/core";
import { IconApps } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";

const t = strings.account.consents;
type Consent = Output<"oidcConsent.list">["consents"][number];

/** What a scope lets an application know; the bare login tells nothing more than who one is. */
function scopesOf({ scopes }: Consent): string {
  const told = (["profile", "groups", "offline_access"] as const).filter((scope) => scopes.includes(scope));
  return told.length === 0 ? t.scopes.openid : told.map((scope) => t.scopes[scope]).join(", ");
}

/** Applications one has logged in to with this account; nothing where there is none. */
export function Consents() {
  const client = useQueryClient();
  const { data } = useQuery(query("oidcConsent.list", {}));
  const revoke = useMutation({
    mutationFn: ({ clientId }: Consent) => call("oidcConsent.revoke", { clientId }),
    onSuccess: (_, { clientName }) => notifyDone(t.revoked(clientName)),
    onError: notifyError,
    onSettled: () => invalidate(client, "oidcConsent.list"),
  });
  const consents = data?.consents ?? [];
  if (consents.length === 0) return null;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <SettingsList>
        {consents.map((consent) => (
          <SettingsRow
            key={consent.clientId}
            icon={IconApps}
            name={consent.clientName}
            facts={[
              scopesOf(consent),
              t.granted(formatMoment(consent.grantedAtMs)),
              t.used(formatWhen(consent.lastUsedAtMs, Date.now())),
            ]}
            action={
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                disabled={revoke.isPending}
                onClick={() => revoke.mutate(consent)}
                aria-label={t.revokeLabel(consent.clientName)}
              >
                {t.revoke}
              </Button>
            }
          />
        ))}
      </SettingsList>
    </SettingsSection>
  );
}
