import { ActionIcon, Menu } from "@mantine/core";
import {
  IconBan,
  IconDeviceLaptop,
  IconDeviceMobile,
  IconDots,
  IconFileText,
  IconKey,
  IconPencil,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { VpnZone } from "#contract/security/vpn";
import { call, invalidate } from "#web/client.ts";
import { vpn } from "#web/strings/vpn.ts";
import {
  formatBytes,
  formatMoment,
  formatWhen,
  notifyDone,
  notifyError,
  Status,
  type StatusLevel,
} from "#web/ui/index.ts";
import type { DeviceTask } from "./device-dialog.tsx";
import type { Peer } from "./device-form.tsx";
import classes from "./vpn.module.css";
import { zoneLabels } from "./zone-names.ts";

const t = vpn.devices;

/** Connected, when last, or why it is cut off. */
function stateOf(peer: Peer): { readonly level: StatusLevel | null; readonly text: string } {
  if (peer.state !== "active") return { level: "now", text: t.states[peer.state] };
  if (peer.online) return { level: "good", text: t.online };
  const seen = peer.lastHandshakeAtMs;
  return { level: null, text: seen === null ? t.never : t.lastSeen(formatWhen(seen, Date.now())) };
}

function factsOf(peer: Peer, zones: readonly VpnZone[]): readonly string[] {
  const lost = peer.state === "active" ? peer.zones.filter((id) => !peer.effectiveZones.includes(id)) : [];
  const hasTraffic = peer.receivedBytes > 0 || peer.sentBytes > 0;
  return [
    peer.effectiveZones.length === 0 ? t.reachesNothing : t.reaches(zoneLabels(peer.effectiveZones, zones)),
    lost.length === 0 ? "" : t.notReached(zoneLabels(lost, zones)),
    peer.expiresAtMs === null ? "" : t.expires(formatMoment(peer.expiresAtMs)),
    hasTraffic ? t.traffic(formatBytes(peer.receivedBytes), formatBytes(peer.sentBytes)) : "",
    peer.online && peer.endpoint ? t.from(peer.endpoint) : "",
  ];
}

/** A device that may dial in: who it belongs to, whether it is there, what it reaches. */
export function DeviceCard(props: {
  readonly peer: Peer;
  readonly zones: readonly VpnZone[];
  readonly hasOwner: boolean;
  readonly isChangeable: boolean;
  onTask(task: DeviceTask): void;
}) {
  const { peer } = props;
  const state = stateOf(peer);
  const Shape = /phone|android|ipad|tablet|pixel|galaxy/i.test(peer.device) ? IconDeviceMobile : IconDeviceLaptop;
  return (
    <li className={classes.card}>
      <Shape size={24} stroke={1.5} aria-hidden="true" />
      <div className={classes.body}>
        <span className={classes.name}>{peer.device}</span>
        {props.hasOwner && <span className={classes.owner}>{peer.personName}</span>}
        {state.level === null ? (
          <span className={classes.away}>{state.text}</span>
        ) : (
          <Status level={state.level} sizePx={16}>
            {state.text}
          </Status>
        )}
        <ul className={`${classes.facts} tabular`}>
          {factsOf(peer, props.zones)
            .filter(Boolean)
            .map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
        </ul>
      </div>
      {props.isChangeable && <DeviceMenu peer={peer} onTask={props.onTask} />}
    </li>
  );
}

function DeviceMenu({ peer, onTask }: { readonly peer: Peer; onTask(task: DeviceTask): void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => call("vpnPeer.revoke", { id: peer.id }),
    onSuccess: () => notifyDone(t.revoked(peer.device)),
    onError: notifyError,
    onSettled: () => invalidate(client, "vpnPeer.list", "vpn.status"),
  });
  const icon = { size: 16, stroke: 1.5, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} aria-label={t.actionsOf(peer.device)} loading={revoke.isPending}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onTask({ kind: "change", peer })}>
          {t.change}
        </Menu.Item>
        <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => onTask({ kind: "keys", peer })}>
          {t.newKeys}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileText {...icon} />} onClick={() => onTask({ kind: "configuration", peer })}>
          {t.configuration}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconBan {...icon} />} onClick={() => revoke.mutate()}>
          {t.revoke}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
