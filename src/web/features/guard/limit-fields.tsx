import { NativeSelect, NumberInput } from "@mantine/core";
import type { Conditions } from "#contract/security/guard";
import { guard as t } from "#web/strings/guard.ts";
import type { FieldProps } from "./condition-field.tsx";
import classes from "./guard.module.css";
import { periodMs, periodOf, periods } from "./periods.ts";

const mebibyte = 1024 * 1024;
const countings = ["address", "user", "session"] as const;
type Counting = (typeof countings)[number];

/** How long, and what is counted together. A length that is no full period stays until another is chosen. */
function PerFields(props: {
  readonly perMs: number;
  readonly by: Counting;
  onChange(part: { readonly perMs?: number; readonly by?: Counting }): void;
}) {
  const { perMs, by, onChange } = props;
  const period = periodOf(perMs);
  return (
    <>
      <NativeSelect
        label={t.per}
        value={period ?? ""}
        data={[
          ...(period === null ? [{ value: "", label: `${(perMs / 1000).toLocaleString("en")} s` }] : []),
          ...periods.map((value) => ({ value, label: t.periods[value] })),
        ]}
        onChange={(event) => {
          const chosen = periods.find((known) => known === event.currentTarget.value);
          if (chosen) onChange({ perMs: periodMs(chosen) });
        }}
      />
      <NativeSelect
        label={t.countedBy}
        value={by}
        data={countings.map((value) => ({ value, label: t.by[value] }))}
        onChange={(event) => onChange({ by: countings.find((known) => known === event.currentTarget.value) ?? by })}
      />
    </>
  );
}

export function RateField({ when, onChange }: FieldProps) {
  const rate = when.rate ?? { requests: 60, perMs: periodMs("minute"), by: "address" as const };
  return (
    <fieldset className={classes.together}>
      <legend>{t.conditions.rate.label}</legend>
      <NumberInput
        label={t.requests}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        value={rate.requests}
        onChange={(value) => onChange({ rate: { ...rate, requests: Math.max(1, Number(value) || 1) } })}
      />
      <PerFields {...rate} onChange={(part) => onChange({ rate: { ...rate, ...part } })} />
    </fieldset>
  );
}

export function BudgetField({ when, onChange }: FieldProps) {
  const budget = when.budget ?? { bytes: mebibyte, perMs: periodMs("hour"), by: "user" as const };
  return (
    <fieldset className={classes.together}>
      <legend>{t.conditions.budget.label}</legend>
      <NumberInput
        label={t.mebibytes}
        min={1}
        allowDecimal={false}
        value={Math.round(budget.bytes / mebibyte)}
        onChange={(value) => onChange({ budget: { ...budget, bytes: Math.max(1, Number(value) || 1) * mebibyte } })}
      />
      <PerFields {...budget} onChange={(part) => onChange({ budget: { ...budget, ...part } })} />
    </fieldset>
  );
}

export function BodyField({ when, onChange, isMissing }: FieldProps) {
  const change = (part: Conditions["bodyBytes"]): void => {
    const { min, max } = { ...when.bodyBytes, ...part };
    onChange({ bodyBytes: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) } });
  };
  const inMiB = (bytes: number | undefined): number | "" => (bytes === undefined ? "" : bytes / mebibyte);
  const inBytes = (value: string | number): number | undefined =>
    value === "" ? undefined : Math.max(0, Math.round(Number(value) * mebibyte));
  return (
    <fieldset className={classes.together}>
      <legend>{t.conditions.bodyBytes.label}</legend>
      <NumberInput
        label={t.atLeast}
        min={0}
        value={inMiB(when.bodyBytes?.min)}
        error={isMissing && t.form.missing}
        onChange={(value) => change({ min: inBytes(value) })}
      />
      <NumberInput
        label={t.atMost}
        min={0}
        value={inMiB(when.bodyBytes?.max)}
        onChange={(value) => change({ max: inBytes(value) })}
      />
    </fieldset>
  );
}
