import { ActionIcon, Badge, Menu, Skeleton, Text } from "@mantine/core";
import { IconBan, IconCertificate, IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CertifiedDevice } from "#contract/security/certificates";
import { call, invalidate, query, type Input } from "#web/client.ts";
import { authority } from "#web/strings/authority.ts";
import { ErrorLine, formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";

const t = authority.devices;
const isAlive = ({ state }: CertifiedDevice): boolean => state === "valid" || state === "ending";

function factsOf(device: CertifiedDevice): readonly string[] {
  const [newest] = device.certificates;
  if (!newest) return [device.personName];
  const used = device.certificates.toSorted((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0))[0];
  return [
    device.personName,
    t.until(formatMoment(newest.validToMs)),
    used?.lastUsedAtMs == null ? t.neverUsed : t.used(formatWhen(used.lastUsedAtMs, Date.now()), used.lastAddress),
    newest.keyMadeOnDevice ? "" : t.keyThere,
  ];
}

/** Everybody's devices with a certificate that holds; the others are counted. */
export function DeviceList({ manages }: { readonly manages: boolean }) {
  const list = useQuery(query("certificates.list", { everybody: true }));
  const devices = list.data?.devices ?? [];
  const alive = devices.filter(isAlive);
  const ended = devices.length - alive.length;
  return (
    <SettingsSection title={t.title}>
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data && alive.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {alive.map((device) => (
          <SettingsRow
            key={device.id}
            icon={IconCertificate}
            name={device.name}
            mark={
              device.state === "ending" && (
                <Badge variant="outline" color="gray" tt="none" fw={550}>
                  {t.states.ending}
                </Badge>
              )
            }
            facts={factsOf(device)}
            action={manages && <DeviceMenu device={device} />}
          />
        ))}
      </SettingsList>
      {ended > 0 && (
        <Text size="xs" c="dimmed">
          {t.older(ended)}
        </Text>
      )}
    </SettingsSection>
  );
}

function DeviceMenu({ device }: { readonly device: CertifiedDevice }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (input: Input<"certificates.revoke">) => call("certificates.revoke", input),
    onSuccess: ({ revoked }) => notifyDone(t.revoked(revoked)),
    onError: notifyError,
    onSettled: () => invalidate(client, "certificates.list", "certificates.status"),
  });
  const icon = <IconBan size={16} stroke={1.5} aria-hidden="true" />;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          size={36}
          aria-label={t.actionsOf(`${device.name}, ${device.personName}`)}
          loading={revoke.isPending}
        >
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={icon} onClick={() => revoke.mutate({ deviceId: device.id })}>
          {t.revoke}
        </Menu.Item>
        <Menu.Item color="red" leftSection={icon} onClick={() => revoke.mutate({ personId: device.personId })}>
          {t.revokeAll(device.personName)}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
