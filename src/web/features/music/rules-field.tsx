import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { SmartRule, SmartRules } from "#contract/apps/media/music";
import { query } from "#web/client.ts";
import { music } from "#web/strings/music.ts";
import { fieldsShown, ruleFor, usableRules, waysOf } from "./rules.ts";

const t = music.playlist;
const orders = [
  "random",
  "title",
  "artist",
  "album",
  "year",
  "addedAt",
  "playedAt",
  "plays",
  "rating",
  "duration",
] as const;
const debounceMs = 400;

/** Rules of a smart list, with how many songs they hold now. */
export function RulesField({ value, onChange }: { readonly value: SmartRules; onChange(rules: SmartRules): void }) {
  const [group] = value.groups;
  const rules = group?.rules ?? [];
  const setRules = (next: SmartRule[]): void =>
    onChange({ ...value, groups: [{ match: group?.match ?? "all", rules: next }] });
  const setMatch = (match: "all" | "any"): void => onChange({ ...value, groups: [{ match, rules }] });
  const [asked] = useDebouncedValue(usableRules(value), debounceMs);
  const { data } = useQuery({
    ...query("music.trySmartRules", { rules: asked ?? value, limit: 1 }),
    enabled: asked !== null,
  });
  return (
    <Stack gap="xs" role="group" aria-label={t.rules}>
      <NativeSelect
        label={t.match}
        value={group?.match ?? "all"}
        data={(["all", "any"] as const).map((match) => ({ value: match, label: t.matches[match] }))}
        onChange={({ currentTarget }) => setMatch(currentTarget.value === "any" ? "any" : "all")}
      />
      {rules.map((rule, index) => (
        <RuleRow
          key={index}
          rule={rule}
          onChange={(next) => setRules(rules.with(index, next))}
          {...(rules.length > 1 && { onRemove: () => setRules(rules.toSpliced(index, 1)) })}
        />
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => setRules([...rules, ruleFor("genre")])}
      >
        {t.addRule}
      </Button>
      <Group gap="xs" grow>
        <NativeSelect
          label={t.order}
          value={value.sort}
          data={orders.map((sort) => ({ value: sort, label: t.orders[sort] }))}
          onChange={({ currentTarget }) =>
            onChange({ ...value, sort: orders.find((sort) => sort === currentTarget.value) ?? "artist" })
          }
        />
        <NumberInput
          label={t.limit}
          min={1}
          max={5000}
          value={value.limit}
          onChange={(limit) => typeof limit === "number" && onChange({ ...value, limit })}
        />
      </Group>
      {data && (
        <Text size="sm" c="dimmed" role="status">
          {t.preview(data.total)}
        </Text>
      )}
    </Stack>
  );
}

function RuleRow(props: { readonly rule: SmartRule; onChange(rule: SmartRule): void; onRemove?(): void }) {
  const { rule, onChange, onRemove } = props;
  return (
    <Group gap="xs" align="end" wrap="nowrap">
      <NativeSelect
        flex={1}
        aria-label={t.field}
        value={rule.field}
        data={fieldsShown.map((field) => ({ value: field, label: t.fields[field] }))}
        onChange={({ currentTarget }) =>
          onChange(ruleFor(fieldsShown.find((one) => one === currentTarget.value) ?? "genre"))
        }
      />
      <NativeSelect
        flex={1}
        aria-label={t.is}
        value={rule.is}
        data={waysOf(rule).map((is) => ({ value: is, label: t.ways[is] }))}
        onChange={({ currentTarget }) => onChange({ ...rule, is: currentTarget.value } as SmartRule)}
      />
      <ValueField rule={rule} onChange={onChange} />
      {onRemove && (
        <ActionIcon size="lg" aria-label={t.removeRule} onClick={onRemove}>
          <IconX size={16} aria-hidden="true" />
        </ActionIcon>
      )}
    </Group>
  );
}

function ValueField({ rule, onChange }: { readonly rule: SmartRule; onChange(rule: SmartRule): void }) {
  const set = (value: string | number | boolean): void => onChange({ ...rule, value } as SmartRule);
  if (typeof rule.value === "boolean") {
    return (
      <NativeSelect
        flex={1}
        aria-label={t.value}
        value={rule.value ? "yes" : "no"}
        data={[
          { value: "yes", label: t.yes },
          { value: "no", label: t.no },
        ]}
        onChange={({ currentTarget }) => set(currentTarget.value === "yes")}
      />
    );
  }
  if (typeof rule.value === "number") {
    return (
      <NumberInput
        flex={1}
        aria-label={t.value}
        value={rule.value}
        onChange={(value) => typeof value === "number" && set(value)}
      />
    );
  }
  return (
    <TextInput
      flex={1}
      aria-label={t.value}
      value={rule.value}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}
