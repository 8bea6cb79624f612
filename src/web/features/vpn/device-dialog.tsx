import { Button, Modal, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { vpn } from "#web/strings/vpn.ts";
import { deviceOf } from "#web/ui/device.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { completed } from "./config-text.ts";
import { ConfigView } from "./config-view.tsx";
import { DeviceForm, type DeviceWish, type Peer } from "./device-form.tsx";
import { canMakeKeys, makeKeyPair } from "./wireguard-key.ts";

const t = vpn.add;

/** What a dialog about a device is for. */
export type DeviceTask =
  | { readonly kind: "add" }
  | { readonly kind: "change" | "keys" | "configuration"; readonly peer: Peer };

export function DeviceDialog(props: { readonly task: DeviceTask; readonly forOthers: boolean; onClose(): void }) {
  const { task, onClose } = props;
  if (task.kind === "add") return <AddDialog forOthers={props.forOthers} onClose={onClose} />;
  if (task.kind === "change") return <ChangeDialog peer={task.peer} onClose={onClose} />;
  if (task.kind === "keys") return <KeysDialog peer={task.peer} onClose={onClose} />;
  return <ConfigurationDialog peer={task.peer} onClose={onClose} />;
}

const closeProps = { closeButtonProps: { "aria-label": strings.common.close } } as const;

/** With a key of this browser where it can make one: then only the public half leaves it. */
function AddDialog({ forOthers, onClose }: { readonly forOthers: boolean; onClose(): void }) {
  const client = useQueryClient();
  const { person } = useSession();
  const [personId, setPersonId] = useState<number | undefined>(undefined);
  const add = useMutation({
    mutationFn: async ({ zones, ...wish }: DeviceWish) => {
      const keys = await makeKeyPair();
      const own = { ...(keys && { publicKey: keys.publicKey }), ...(personId !== undefined && { personId }) };
      const { peer, config } = await call("vpnPeer.create", { ...wish, ...own, zones: [...zones] });
      return { peer, config: completed(config, keys?.privateKey ?? null) };
    },
    onSuccess: () => invalidate(client, "vpnPeer.list", "vpn.status"),
  });
  const made = add.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size={made ? "lg" : "md"}
      title={made ? vpn.ready.title(made.peer.device) : t.title}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      {...closeProps}
    >
      {made ? (
        <ConfigView config={made.config} onClose={onClose} />
      ) : (
        <DeviceForm
          key={personId}
          peer={null}
          suggestedName={forOthers ? "" : suggestedName()}
          personId={personId}
          before={forOthers && <PersonField value={personId ?? person?.id} onChange={setPersonId} />}
          note={canMakeKeys() ? t.keysHere : t.keysThere}
          isBusy={add.isPending}
          error={add.error}
          onWish={(wish) => add.mutate(wish)}
        />
      )}
    </Modal>
  );
}

const suggestedName = (): string => deviceOf(navigator.userAgent)?.system ?? "";

function PersonField(props: { readonly value: number | undefined; onChange(personId: number): void }) {
  const people = useQuery(query("people.list", {}));
  return (
    <NativeSelect
      label={t.person}
      value={String(props.value ?? "")}
      data={(people.data?.people ?? []).map(({ id, displayName }) => ({ value: String(id), label: displayName }))}
      onChange={(event) => props.onChange(Number(event.currentTarget.value))}
    />
  );
}

function ChangeDialog({ peer, onClose }: { readonly peer: Peer; onClose(): void }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ tunnel: _tunnel, zones, ...wish }: DeviceWish) =>
      call("vpnPeer.update", { id: peer.id, ...wish, zones: [...zones] }),
    onSuccess: async ({ peer: changed }) => {
      notifyDone(vpn.devices.changed(changed.device));
      await invalidate(client, "vpnPeer.list");
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t.changeTitle(peer.device)} {...closeProps}>
      <DeviceForm
        peer={peer}
        suggestedName=""
        personId={peer.personId}
        note=""
        isBusy={change.isPending}
        error={change.error}
        onWish={(wish) => change.mutate(wish)}
      />
    </Modal>
  );
}

function KeysDialog({ peer, onClose }: { readonly peer: Peer; onClose(): void }) {
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: async () => {
      const keys = await makeKeyPair();
      const { config } = await call("vpnPeer.rotate", { id: peer.id, ...(keys && { publicKey: keys.publicKey }) });
      return completed(config, keys?.privateKey ?? null);
    },
    onSuccess: () => invalidate(client, "vpnPeer.list"),
  });
  const config = rotate.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size={config ? "lg" : "md"}
      title={config ? vpn.ready.title(peer.device) : t.keysTitle(peer.device)}
      closeOnClickOutside={!config}
      closeOnEscape={!config}
      {...closeProps}
    >
      {config ? (
        <ConfigView config={config} onClose={onClose} />
      ) : (
        <Stack gap="md">
          <Text size="sm">{t.keysHint}</Text>
          <Text size="xs" c="dimmed">
            {canMakeKeys() ? t.keysHere : t.keysThere}
          </Text>
          <ErrorLine error={rotate.error} />
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
            {t.makeKeys}
          </Button>
        </Stack>
      )}
    </Modal>
  );
}

function ConfigurationDialog({ peer, onClose }: { readonly peer: Peer; onClose(): void }) {
  const text = useQuery(query("vpnPeer.configText", { id: peer.id }));
  return (
    <Modal opened onClose={onClose} size="lg" title={peer.device} {...closeProps}>
      <ErrorLine error={text.error} />
      {text.isPending && <Skeleton height={160} />}
      {text.data && <ConfigView config={text.data.config} onClose={onClose} />}
    </Modal>
  );
}
