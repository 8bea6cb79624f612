import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { NamedZone } from "#contract/security/vpn";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { vpn } from "#web/strings/vpn.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { portsFromText, portsToText } from "./ports.ts";
import classes from "./vpn.module.css";
import { zoneIdFor } from "./zone-id.ts";

const t = vpn.zones;
const protocols = ["any", "tcp", "udp", "tcp+udp"] as const;

interface Line {
  readonly network: string;
  readonly protocol: (typeof protocols)[number];
  readonly ports: string;
}
const emptyLine: Line = { network: "", protocol: "any", ports: "" };

const targetOf = ({ network, protocol, ports }: Line): NamedZone["targets"][number] => ({
  network: network.trim(),
  protocol,
  ports: protocol === "any" ? [] : (portsFromText(ports) ?? []),
});
const isWrong = ({ protocol, ports }: Line): boolean => protocol !== "any" && portsFromText(ports) === null;

/** A named zone with the addresses and ports it reaches. */
export function ZoneDialog(props: {
  readonly zone: NamedZone | null;
  readonly others: readonly NamedZone[];
  onClose(): void;
}) {
  const { zone, others, onClose } = props;
  const client = useQueryClient();
  const [label, setLabel] = useState(zone?.label ?? "");
  const [isChecked, setChecked] = useState(false);
  const [lines, setLines] = useState<readonly Line[]>(
    zone?.targets.map(({ ports, ...target }) => ({ ...target, ports: portsToText(ports) })) ?? [emptyLine],
  );
  const save = useMutation({
    mutationFn: () => {
      const id =
        zone?.id ??
        zoneIdFor(
          label,
          others.map((other) => other.id),
        );
      const made = { id, label: label.trim(), targets: lines.map(targetOf) };
      return call("vpnZone.set", { zones: [...others, made] });
    },
    onSuccess: async () => {
      notifyDone(t.saved(label.trim()));
      await invalidate(client, "vpnZone.list", "vpnPeer.list");
      onClose();
    },
  });
  const change = (at: number, part: Partial<Line>): void => {
    save.reset();
    setLines(lines.map((line, index) => (index === at ? { ...line, ...part } : line)));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    const isComplete = label.trim() !== "" && lines.every((line) => line.network.trim() !== "" && !isWrong(line));
    if (isComplete) save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={zone ? t.editOf(zone.label) : t.add}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t.label}
            placeholder={t.labelPlaceholder}
            maxLength={100}
            data-autofocus
            value={label}
            error={isChecked && label.trim() === "" && t.labelMissing}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <fieldset className={classes.targets}>
            <legend>{t.targets}</legend>
            {lines.map((line, at) => (
              // A line has no name of its own; it is known by its place.
              <TargetFields
                key={at}
                line={line}
                isChecked={isChecked}
                onChange={(part) => change(at, part)}
                onRemove={lines.length > 1 ? () => setLines(lines.filter((_, index) => index !== at)) : null}
              />
            ))}
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => setLines([...lines, emptyLine])}
            >
              {t.addTarget}
            </Button>
          </fieldset>
          <ErrorLine error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {strings.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function TargetFields(props: {
  readonly line: Line;
  readonly isChecked: boolean;
  readonly onRemove: (() => void) | null;
  onChange(part: Partial<Line>): void;
}) {
  const { line, onChange } = props;
  return (
    <div className={classes.target}>
      <TextInput
        label={t.network}
        placeholder="192.168.1.50"
        value={line.network}
        error={props.isChecked && line.network.trim() === "" && t.networkMissing}
        onChange={(event) => onChange({ network: event.currentTarget.value })}
      />
      <NativeSelect
        label={t.protocol}
        value={line.protocol}
        data={protocols.map((value) => ({ value, label: t.protocols[value] }))}
        onChange={(event) =>
          onChange({ protocol: protocols.find((known) => known === event.currentTarget.value) ?? "any" })
        }
      />
      <TextInput
        label={t.ports}
        placeholder={t.portsPlaceholder}
        disabled={line.protocol === "any"}
        value={line.protocol === "any" ? "" : line.ports}
        error={isWrong(line) && t.portsWrong}
        onChange={(event) => onChange({ ports: event.currentTarget.value })}
      />
      {props.onRemove && (
        <ActionIcon aria-label={t.removeTarget} onClick={props.onRemove} className={classes.targetRemove}>
          <IconX size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}
