import { Button, Group, Text } from "@mantine/core";
import { IconNetwork } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NamedZone, VpnZone } from "#contract/security/vpn";
import { call, invalidate } from "#web/client.ts";
import { vpn } from "#web/strings/vpn.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { portsToText } from "./ports.ts";
import { ZoneDialog } from "./zone-dialog.tsx";

const t = vpn.zones;

const namedOf = ({ id, label, targets }: VpnZone): NamedZone => ({ id, label, targets: [...targets] });

const targetText = ({ network, protocol, ports }: VpnZone["targets"][number]): string =>
  protocol === "any" ? network : t.toPorts(network, t.protocols[protocol], portsToText(ports));

/** The zones that the household named, and a form for them. */
export function ZoneSection(props: { readonly zones: readonly VpnZone[]; readonly manages: boolean }) {
  const { manages } = props;
  const client = useQueryClient();
  const [editing, setEditing] = useState<VpnZone | "new" | null>(null);
  const named = props.zones.filter(({ kind }) => kind === "named");
  const remove = useMutation({
    mutationFn: (gone: VpnZone) =>
      call("vpnZone.set", { zones: named.filter(({ id }) => id !== gone.id).map(namedOf) }),
    onSuccess: (_, { label }) => notifyDone(t.removed(label)),
    onError: notifyError,
    onSettled: () => invalidate(client, "vpnZone.list", "vpnPeer.list"),
  });
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        manages && (
          <Button variant="default" onClick={() => setEditing("new")}>
            {t.add}
          </Button>
        )
      }
    >
      {named.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {named.map((zone) => (
          <SettingsRow
            key={zone.id}
            icon={IconNetwork}
            name={zone.label}
            facts={zone.targets.map(targetText)}
            action={
              manages && (
                <Group gap={4} wrap="nowrap">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t.editOf(zone.label)}
                    onClick={() => setEditing(zone)}
                  >
                    {t.edit}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="red"
                    disabled={remove.isPending}
                    aria-label={t.removeOf(zone.label)}
                    onClick={() => remove.mutate(zone)}
                  >
                    {t.remove}
                  </Button>
                </Group>
              )
            }
          />
        ))}
      </SettingsList>
      {editing && (
        <ZoneDialog
          zone={editing === "new" ? null : namedOf(editing)}
          others={named.filter((zone) => zone !== editing).map(namedOf)}
          onClose={() => setEditing(null)}
        />
      )}
    </SettingsSection>
  );
}
