import { NumberInput, Select, Text } from "@mantine/core";
import { useState } from "react";
import type { Tier, TierRule } from "#contract/apps/files/tiers";
import { tiers } from "#web/strings/tiers.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine } from "#web/ui/index.ts";

const t = tiers.form;
const megabyte = 1_000_000;
const suggested = { notOpenedDays: 180, largerThanBytes: 10 * megabyte, opensAtLeast: 5 };

interface Props {
  readonly rule: TierRule | undefined;
  readonly tiers: readonly Tier[];
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly onSave: (rule: TierRule) => void;
  readonly onClose: () => void;
}

/** One rule: where to, and what must hold. */
export function RuleDrawer(props: Props) {
  const [rule, setRule] = useState(() => props.rule ?? newRule(props.tiers[0]));
  const isFast = props.tiers.find(({ name }) => name === rule.tier)?.role === "fast";
  const change = (part: Partial<TierRule>): void => setRule({ ...rule, ...part });
  return (
    <FormDrawer
      title={t.title}
      action={t.save}
      isBusy={props.isBusy}
      onSubmit={() => props.onSave(rule)}
      onClose={props.onClose}
    >
      <Select
        label={t.tier}
        allowDeselect={false}
        value={rule.tier}
        data={props.tiers.map(({ name }) => name)}
        onChange={(tier) => tier !== null && change({ tier })}
      />
      <Text size="sm" c="dimmed">
        {t.hint}
      </Text>
      <Amount label={t.notOpened} value={rule.notOpenedDays} onChange={(notOpenedDays) => change({ notOpenedDays })} />
      <Amount label={t.older} value={rule.olderThanDays} onChange={(olderThanDays) => change({ olderThanDays })} />
      <Amount
        label={t.larger}
        value={rule.largerThanBytes === null ? null : rule.largerThanBytes / megabyte}
        onChange={(value) => change({ largerThanBytes: value === null ? null : Math.round(value * megabyte) })}
      />
      {(isFast || rule.opensAtLeast !== null) && (
        <Amount label={t.opens} value={rule.opensAtLeast} onChange={(opensAtLeast) => change({ opensAtLeast })} />
      )}
      <ErrorLine error={props.error} />
    </FormDrawer>
  );
}

function Amount(props: {
  readonly label: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}) {
  return (
    <NumberInput
      label={props.label}
      min={0}
      allowNegative={false}
      value={props.value ?? ""}
      onChange={(value) => props.onChange(typeof value === "number" ? value : null)}
    />
  );
}

function newRule(tier: Tier | undefined): TierRule {
  const isFast = tier?.role === "fast";
  return {
    id: crypto.randomUUID(),
    enabled: true,
    tier: tier?.name ?? "",
    folderId: null,
    olderThanDays: null,
    notOpenedDays: isFast ? null : suggested.notOpenedDays,
    largerThanBytes: isFast ? null : suggested.largerThanBytes,
    opensAtLeast: isFast ? suggested.opensAtLeast : null,
  };
}
