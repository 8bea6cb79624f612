import { Button, Text } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";

const t = strings.account.providers;
type ProviderLink = Output<"providerLink.list">["links"][number];

/** Accounts elsewhere that log in here; nothing where the household has no provider. */
export function ProviderLinks() {
  const client = useQueryClient();
  const list = useQuery(query("providerLink.list", {}));
  const options = useQuery(query("loginProvider.options", {}));
  const begin = useMutation({
    mutationFn: (providerId: string) => call("providerLink.begin", { providerId, next: "/account/security" }),
    onSuccess: ({ url }) => location.assign(url),
    onError: notifyError,
  });
  const remove = useMutation({
    mutationFn: ({ providerId }: ProviderLink) => call("providerLink.remove", { providerId }),
    onSuccess: (_, { providerName }) => notifyDone(t.removed(providerName)),
    onError: notifyError,
    onSettled: () => invalidate(client, "providerLink.list"),
  });
  const links = list.data?.links ?? [];
  const free = (options.data?.providers ?? []).filter(({ id }) => !links.some((link) => link.providerId === id));
  if (links.length === 0 && free.length === 0) return null;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <ErrorLine error={list.error} />
      <SettingsList>
        {links.map((link) => (
          <SettingsRow
            key={link.providerId}
            icon={IconLogin2}
            name={link.providerName}
            facts={[link.label, t.linked(formatMoment(link.linkedAtMs)), usedOf(link)]}
            action={
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                disabled={remove.isPending}
                onClick={() => remove.mutate(link)}
                aria-label={t.removeLabel(link.providerName)}
              >
                {t.remove}
              </Button>
            }
          />
        ))}
        {free.map(({ id, name }) => (
          <SettingsRow
            key={id}
            icon={IconLogin2}
            name={name}
            facts={[t.notLinked]}
            action={
              <Button
                size="compact-sm"
                variant="default"
                loading={begin.isPending && begin.variables === id}
                onClick={() => begin.mutate(id)}
                aria-label={t.linkLabel(name)}
              >
                {t.link}
              </Button>
            }
          />
        ))}
      </SettingsList>
      {begin.isSuccess && (
        <Text size="sm" c="dimmed" role="status">
          {t.leaving}
        </Text>
      )}
    </SettingsSection>
  );
}

const usedOf = ({ lastUsedAtMs }: ProviderLink): string =>
  lastUsedAtMs === null ? t.neverUsed : t.used(formatWhen(lastUsedAtMs, Date.now()));
