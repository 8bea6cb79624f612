import { Button, Group, Select, Stack, Switch, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Tier, TierRule, TierSettings } from "#contract/apps/files/tiers";
import { call, invalidate } from "#web/client.ts";
import { tiers as t } from "#web/strings/tiers.ts";
import { formatBytes, notifyDone, notifyError, Section } from "#web/ui/index.ts";
import { RuleDrawer } from "./rule-drawer.tsx";
import classes from "./tiers.module.css";

interface Props {
  readonly settings: TierSettings;
  readonly tiers: readonly Tier[];
}

/** The rules in order, each a sentence; changes hold at once and can be taken back. */
export function Rules({ settings, tiers }: Props) {
  const client = useQueryClient();
  const [edited, setEdited] = useState<TierRule | "new" | null>(null);
  const save = useMutation({
    mutationFn: (next: TierSettings) => call("tiers.setRules", next),
    onError: notifyError,
    onSettled: () => invalidate(client, "tiers.list", "tiers.plan"),
  });
  const shown = save.isPending ? save.variables : settings;
  const replace = (rule: TierRule): void => {
    const isNew = !settings.rules.some(({ id }) => id === rule.id);
    const rules = isNew ? [...settings.rules, rule] : settings.rules.map((old) => (old.id === rule.id ? rule : old));
    save.mutate({ ...settings, rules }, { onSuccess: () => setEdited(null) });
  };
  const remove = (rule: TierRule): void =>
    save.mutate(
      { ...settings, rules: settings.rules.filter(({ id }) => id !== rule.id) },
      { onSuccess: () => notifyDone(t.removed, () => save.mutate(settings)) },
    );
  const add = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setEdited("new")}
    >
      {t.add}
    </Button>
  );
  return (
    <Section title={t.rules} action={add}>
      <Text size="sm" c="dimmed">
        {shown.rules.length === 0 ? t.noRules : t.rulesHint}
      </Text>
      <ul className={classes.list}>
        {shown.rules.map((rule) => (
          <Rule
            key={rule.id}
            rule={rule}
            onSwitch={(enabled) => replace({ ...rule, enabled })}
            onEdit={() => setEdited(rule)}
            onRemove={() => remove(rule)}
          />
        ))}
      </ul>
      <Stack gap="sm" mt="md">
        <Switch
          label={t.nightly}
          checked={shown.nightly}
          onChange={(event) => save.mutate({ ...settings, nightly: event.currentTarget.checked })}
        />
        <Select
          label={t.onOpen}
          maw={320}
          allowDeselect={false}
          value={shown.onOpen}
          data={(["fetch", "stream"] as const).map((value) => ({ value, label: t.onOpenChoices[value] }))}
          onChange={(value) => save.mutate({ ...settings, onOpen: value === "stream" ? "stream" : "fetch" })}
        />
      </Stack>
      {edited && (
        <RuleDrawer
          rule={edited === "new" ? undefined : edited}
          tiers={tiers.filter(({ configured }) => configured)}
          error={save.error}
          isBusy={save.isPending}
          onSave={replace}
          onClose={() => setEdited(null)}
        />
      )}
    </Section>
  );
}

function Rule(props: {
  readonly rule: TierRule;
  readonly onSwitch: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}) {
  const words = inWords(props.rule);
  return (
    <li className={classes.item}>
      <Switch
        aria-label={t.ruleOn(words)}
        checked={props.rule.enabled}
        onChange={(event) => props.onSwitch(event.currentTarget.checked)}
      />
      <Text size="sm" className={classes.text}>
        {words}
      </Text>
      <Group gap="xs">
        <Button size="compact-sm" variant="subtle" aria-label={t.editRule(words)} onClick={props.onEdit}>
          {t.edit}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-label={t.removeRule(words)}
          onClick={props.onRemove}
        >
          {t.remove}
        </Button>
      </Group>
    </li>
  );
}

function inWords(rule: TierRule): string {
  const conditions = [
    ...(rule.folderId === null ? [] : [t.inFolder]),
    ...(rule.notOpenedDays === null ? [] : [t.notOpened(rule.notOpenedDays)]),
    ...(rule.olderThanDays === null ? [] : [t.older(rule.olderThanDays)]),
    ...(rule.largerThanBytes === null ? [] : [t.larger(formatBytes(rule.largerThanBytes, "si"))]),
    ...(rule.opensAtLeast === null ? [] : [t.opens(rule.opensAtLeast)]),
  ];
  return t.rule(conditions.length === 0 ? [t.anywhere] : conditions, rule.tier);
}
