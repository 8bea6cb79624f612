import { Button, Checkbox, NativeSelect, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { query, type Output } from "#web/client.ts";
import { vpn } from "#web/strings/vpn.ts";
import { ErrorLine, formatMoment } from "#web/ui/index.ts";
import { zoneLabel } from "./zone-names.ts";

const t = vpn.add;
const dayMs = 86_400_000;
const spansMs = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, quarter: 90 * dayMs, year: 365 * dayMs } as const;
const spans = ["never", "day", "week", "month", "quarter", "year"] as const;
const tunnels = ["split", "full"] as const;
export type Peer = Output<"vpnPeer.list">["peers"][number];

export interface DeviceWish {
  readonly device: string;
  readonly zones: readonly string[];
  readonly tunnel: (typeof tunnels)[number];
  readonly expiresAtMs: number | null;
  readonly keepalive: boolean;
}

interface Form {
  readonly device: string;
  readonly zones: readonly string[];
  readonly tunnel: DeviceWish["tunnel"];
  /** `kept` leaves the end of a device that has one. */
  readonly span: (typeof spans)[number] | "kept";
  readonly keepalive: boolean;
}

function expiryOf({ span }: Form, peer: Peer | null): number | null {
  if (span === "kept") return peer?.expiresAtMs ?? null;
  return span === "never" ? null : Date.now() + spansMs[span];
}

/** Name, reach and end of a device; for one that is there the tunnel is no longer its matter, for it stands in its file. */
export function DeviceForm(props: {
  readonly peer: Peer | null;
  readonly suggestedName: string;
  /** Whose zones are offered; undefined is oneself. */
  readonly personId: number | undefined;
  readonly before?: ReactNode;
  readonly note: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  onWish(wish: DeviceWish): void;
}) {
  const { peer } = props;
  const [isChecked, setChecked] = useState(false);
  const [form, setForm] = useState<Form>({
    device: peer?.device ?? props.suggestedName,
    zones: peer?.zones ?? ["hearth"],
    tunnel: "split",
    span: peer?.expiresAtMs == null ? "never" : "kept",
    keepalive: peer?.keepalive ?? false,
  });
  const change = (part: Partial<Form>): void => setForm((now) => ({ ...now, ...part }));
  const isFull = form.tunnel === "full" && form.zones.includes("internet");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.device.trim() === "" || form.zones.length === 0) return;
    props.onWish({
      device: form.device.trim(),
      zones: form.zones,
      tunnel: isFull ? "full" : "split",
      expiresAtMs: expiryOf(form, peer),
      keepalive: form.keepalive,
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t.name}
          placeholder={t.namePlaceholder}
          maxLength={60}
          data-autofocus
          value={form.device}
          error={isChecked && form.device.trim() === "" && t.nameMissing}
          onChange={(event) => change({ device: event.currentTarget.value })}
        />
        {props.before}
        <ZoneField
          personId={props.personId}
          zones={form.zones}
          error={isChecked && form.zones.length === 0 ? t.zonesMissing : null}
          onChange={(zones) => change({ zones })}
        />
        {peer === null && <TunnelField form={form} isFull={isFull} onChange={change} />}
        <NativeSelect
          label={t.expires}
          value={form.span}
          data={[
            ...(peer?.expiresAtMs == null
              ? []
              : [{ value: "kept", label: t.spans.kept(formatMoment(peer.expiresAtMs)) }]),
            ...spans.map((value) => ({ value, label: t.spans[value] })),
          ]}
          onChange={(event) => change({ span: spans.find((known) => known === event.currentTarget.value) ?? "kept" })}
        />
        <Checkbox
          label={t.keepalive}
          description={t.keepaliveHint}
          checked={form.keepalive}
          onChange={(event) => change({ keepalive: event.currentTarget.checked })}
        />
        {props.note && (
          <Text size="xs" c="dimmed">
            {props.note}
          </Text>
        )}
        <ErrorLine error={props.error} />
        <Button type="submit" loading={props.isBusy}>
          {peer ? t.save : t.go}
        </Button>
      </Stack>
    </form>
  );
}

function TunnelField(props: { readonly form: Form; readonly isFull: boolean; onChange(part: Partial<Form>): void }) {
  const hasInternet = props.form.zones.includes("internet");
  return (
    <Radio.Group
      label={t.tunnel}
      value={props.isFull ? "full" : "split"}
      onChange={(value) => props.onChange({ tunnel: tunnels.find((known) => known === value) ?? "split" })}
    >
      <Stack gap="sm" mt="xs">
        <Radio value="split" label={t.tunnels.split} description={t.tunnelHints.split} />
        <Radio
          value="full"
          label={t.tunnels.full}
          description={hasInternet ? t.tunnelHints.full : t.needsInternet}
          disabled={!hasInternet}
        />
      </Stack>
    </Radio.Group>
  );
}

/** Every zone, with what it reaches; what the person may not be given says why. */
function ZoneField(props: {
  readonly personId: number | undefined;
  readonly zones: readonly string[];
  readonly error: string | null;
  onChange(zones: readonly string[]): void;
}) {
  const { personId } = props;
  const list = useQuery(query("vpnZone.list", personId === undefined ? {} : { personId }));
  if (!list.data) return <ErrorLine error={list.error} />;
  return (
    <Checkbox.Group label={t.zones} value={[...props.zones]} error={props.error} onChange={props.onChange}>
      <Stack gap="sm" mt="xs">
        {list.data.zones.map((zone) => (
          <Checkbox
            key={zone.id}
            value={zone.id}
            label={zoneLabel(zone)}
            description={zone.allowed ? zone.reaches.join(", ") : zone.reason}
            disabled={!zone.allowed && !props.zones.includes(zone.id)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
