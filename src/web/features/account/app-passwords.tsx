import { Button, Skeleton, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { NewAppPassword } from "./new-app-password.tsx";

const t = strings.account.apps;
type AppPassword = Output<"appPassword.list">["appPasswords"][number];

export function AppPasswords() {
  const client = useQueryClient();
  const list = useQuery(query("appPassword.list", {}));
  const [adding, setAdding] = useState(false);
  const revoke = useMutation({
    mutationFn: (known: AppPassword) => call("appPassword.revoke", { id: known.id }),
    onSuccess: (_, known) => notifyDone(t.revoked(known.label)),
    onError: notifyError,
    onSettled: () => invalidate(client, "appPassword.list"),
  });
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        <Button size="sm" variant="default" onClick={() => setAdding(true)}>
          {t.add}
        </Button>
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data?.appPasswords.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {list.data?.appPasswords.map((known) => (
          <SettingsRow
            key={known.id}
            icon={IconKey}
            name={known.label}
            facts={[t.scopes[known.scope], usedOf(known)]}
            action={
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                disabled={revoke.isPending}
                onClick={() => revoke.mutate(known)}
                aria-label={t.revokeLabel(known.label)}
              >
                {t.revoke}
              </Button>
            }
          />
        ))}
      </SettingsList>
      {adding && <NewAppPassword onClose={() => setAdding(false)} />}
    </SettingsSection>
  );
}

function usedOf(known: AppPassword): string {
  return known.lastUsedAtMs === null
    ? t.neverUsed
    : t.lastUsed(formatWhen(known.lastUsedAtMs, Date.now()), known.lastAddress);
}
