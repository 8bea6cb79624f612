import { ActionIcon, MultiSelect, NativeSelect, TagsInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Conditions } from "#contract/security/guard";
import { strings } from "#web/strings.ts";
import { guard as t } from "#web/strings/guard.ts";
import { countries } from "./countries.ts";
import type { ConditionKey } from "./draft.ts";
import classes from "./guard.module.css";
import { BodyField, BudgetField, RateField } from "./limit-fields.tsx";
import { TimesField } from "./times-field.tsx";

/** What the fields offer to choose from. */
export interface Choices {
  readonly zones: readonly { readonly value: string; readonly label: string }[];
  readonly people: readonly { readonly value: string; readonly label: string }[];
}

export interface FieldProps {
  readonly when: Conditions;
  readonly choices: Choices;
  readonly isMissing: boolean;
  onChange(part: Partial<Conditions>): void;
}

const options = <K extends string>(labels: Readonly<Record<K, string>>) =>
  (Object.keys(labels) as K[]).map((value) => ({ value, label: labels[value] }));
const roleOptions = options(strings.people.roles as never).map(({ value }) => ({
  value,
  label: strings.people.roles[value as keyof typeof strings.people.roles].label,
}));
const methodChoices = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL", "MOVE", "COPY", "LOCK"];
const listKeys = {
  zones: "choose",
  apps: "choose",
  roles: "choose",
  strengths: "choose",
  vias: "choose",
  countries: "choose",
  users: "choose",
  methods: "type",
  paths: "type",
  addresses: "type",
  contentTypes: "type",
} as const;
type ListKey = keyof typeof listKeys;
const isList = (key: ConditionKey): key is ListKey => Object.hasOwn(listKeys, key);

function choicesOf(key: ListKey, choices: Choices): readonly { readonly value: string; readonly label: string }[] {
  if (key === "zones") return choices.zones;
  if (key === "users") return choices.people;
  if (key === "apps") return options(t.apps);
  if (key === "roles") return roleOptions;
  if (key === "strengths") return options(t.strengths);
  if (key === "vias") return options(t.vias);
  return key === "countries" ? countries() : [];
}

/** One condition as a form field with the button that takes it away. */
export function ConditionField(props: FieldProps & { readonly name: ConditionKey; onRemove(): void }) {
  const { label } = t.conditions[props.name];
  return (
    <div className={classes.condition}>
      <Field {...props} />
      <ActionIcon
        aria-label={t.form.removeCondition(label)}
        onClick={props.onRemove}
        className={classes.conditionRemove}
      >
        <IconX size={18} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}

function Field(props: FieldProps & { readonly name: ConditionKey }): ReactNode {
  const { name, when, onChange } = props;
  if (isList(name)) return <ListField {...props} name={name} />;
  if (name === "times") return <TimesField {...props} />;
  if (name === "rate") return <RateField {...props} />;
  if (name === "budget") return <BudgetField {...props} />;
  if (name === "bodyBytes") return <BodyField {...props} />;
  return (
    <NativeSelect
      label={t.conditions.certificate.label}
      value={when.certificate ? "yes" : "no"}
      data={options(t.certificateChoices)}
      onChange={(event) => onChange({ certificate: event.currentTarget.value === "yes" })}
    />
  );
}

function ListField(props: FieldProps & { readonly name: ListKey }) {
  const { name, when, onChange } = props;
  const { label, hint } = t.conditions[name];
  const value: string[] = [...(when[name] ?? [])];
  const shared = {
    label,
    description: hint || undefined,
    value,
    error: props.isMissing && t.form.missing,
    onChange: (next: string[]) =>
      onChange({ [name]: name === "methods" ? next.map((text) => text.toUpperCase()) : next }),
    clearable: false,
  };
  if (listKeys[name] === "type")
    return (
      <TagsInput {...shared} data={name === "methods" ? methodChoices : []} acceptValueOnBlur splitChars={[",", " "]} />
    );
  const offered = choicesOf(name, props.choices);
  const unknown = value.filter((one) => !offered.some((choice) => choice.value === one));
  return (
    <MultiSelect
      {...shared}
      searchable={offered.length > 8}
      data={[...offered, ...unknown.map((one) => ({ value: one, label: one }))]}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
