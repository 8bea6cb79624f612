import { Badge, Button, Group } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { CertifiedDevice } from "#contract/security/certificates";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsRow } from "#web/ui/settings.tsx";

const t = strings.devices.certificates;

function factsOf(device: CertifiedDevice): readonly string[] {
  const newest = device.certificates[0];
  if (!newest) return [];
  const used = device.certificates.reduce((latest, one) => Math.max(latest, one.lastUsedAtMs ?? 0), 0);
  const address = device.certificates.find(({ lastUsedAtMs }) => lastUsedAtMs === used)?.lastAddress ?? null;
  return [
    t.until(formatMoment(newest.validToMs)),
    used === 0 ? t.neverUsed : t.used(formatWhen(used, Date.now()), address),
  ];
}

/** A device whose certificate is good, with renewal when it ends soon. */
export function CertificateRow(props: { readonly device: CertifiedDevice; onRenew(): void }) {
  const { device } = props;
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => call("certificates.revoke", { deviceId: device.id }),
    onSuccess: () => notifyDone(t.revoked(device.name)),
    onError: notifyError,
    onSettled: () => invalidate(client, "certificates.list", "certificates.status", "session.list"),
  });
  return (
    <SettingsRow
      icon={IconCertificate}
      name={device.name}
      mark={
        <>
          {device.current && (
            <Badge variant="light" tt="none" fw={550}>
              {t.current}
            </Badge>
          )}
          {device.state === "ending" && (
            <Badge variant="outline" color="gray" tt="none" fw={550}>
              {t.states.ending}
            </Badge>
          )}
        </>
      }
      facts={factsOf(device)}
      action={
        <Group gap={4} wrap="nowrap">
          {device.state === "ending" && (
            <Button size="compact-sm" variant="default" onClick={props.onRenew} aria-label={t.renewLabel(device.name)}>
              {t.renew}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
            aria-label={t.revokeLabel(device.name)}
          >
            {t.revoke}
          </Button>
        </Group>
      }
    />
  );
}
