import { NativeSelect, NumberInput, SegmentedControl, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Action, Conditions, Rule, RuleDocument } from "#contract/security/guard";
import { guard } from "#web/strings/guard.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import type { Choices } from "./condition-field.tsx";
import { ConditionSet } from "./condition-set.tsx";
import { filled, missingKeys, modeOf, modes, ruleIdFor, tidied, usedKeys, withMode, withRule } from "./draft.ts";
import classes from "./guard.module.css";
import { Refusal } from "./refusal.tsx";
import { sentenceOf } from "./sentence.ts";
import type { Rules } from "./use-rules.ts";

const t = guard.form;
const kinds = ["deny", "challenge", "throttle", "ban", "allow", "log"] as const;
const defaultRetryMs = 30_000;
const empty: Rule = { id: "", title: "", enabled: true, shadow: true, when: {}, action: { kind: "deny" } };

const actionOf = (kind: Action["kind"], before: Action): Action =>
  kind === "throttle"
    ? { kind, retryAfterMs: before.kind === "throttle" ? before.retryAfterMs : defaultRetryMs }
    : { kind };

const isComplete = ({ title, when }: Rule): boolean =>
  title.trim() !== "" && missingKeys(when).length === 0 && missingKeys(when.unless ?? {}).length === 0;

/** A rule as a form beside the list; it closes when the rule is saved. A new one begins in shadow. */
export function RuleDrawer(props: {
  /** Null for a new one. */
  readonly rule: Rule | null;
  readonly rules: Rules;
  readonly document: RuleDocument;
  readonly choices: Choices;
  onClose(): void;
}) {
  const { rules, document, onClose } = props;
  const [rule, setRule] = useState<Rule>(props.rule ?? empty);
  const [isChecked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const id =
        rule.id ||
        ruleIdFor(
          rule.title,
          document.rules.map((other) => other.id),
        );
      const ready = { ...rule, id, title: rule.title.trim(), when: tidied(rule.when) };
      const done = props.rule ? guard.saved.changed(ready.title) : guard.saved.added(ready.title);
      return rules.saveFrom((now) => withRule(now, ready), done);
    },
    onSuccess: onClose,
  });
  const change = (part: Partial<Rule>): void => {
    save.reset();
    setRule((now) => ({ ...now, ...part }));
  };
  const submit = (): void => {
    setChecked(true);
    if (isComplete(rule)) save.mutate();
  };
  return (
    <FormDrawer
      title={props.rule ? t.edit : t.add}
      action={t.save}
      isBusy={save.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t.title}
        description={t.titleHint}
        maxLength={200}
        data-autofocus
        value={rule.title}
        error={isChecked && rule.title.trim() === "" && t.titleMissing}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <WhenFields rule={rule} choices={props.choices} isChecked={isChecked} change={change} />
      <ActionFields rule={rule} change={change} />
      <div className={classes.plain} aria-live="polite">
        <Text size="xs" c="dimmed">
          {t.sentence}
        </Text>
        <Text>{sentenceOf({ ...rule, when: filled(rule.when) })}</Text>
      </div>
      <Refusal error={save.error} />
    </FormDrawer>
  );
}

interface PartProps {
  readonly rule: Rule;
  change(part: Partial<Rule>): void;
}

function WhenFields(props: PartProps & { readonly choices: Choices; readonly isChecked: boolean }) {
  const { rule, choices, isChecked, change } = props;
  const { unless, ...plain } = rule.when;
  const isBare = usedKeys(plain).length === 0;
  const exceptionTitle = useId();
  const setWhen = (when: Conditions): void => change({ when });
  return (
    <>
      <div className={classes.part}>
        <Title order={3} size="h4">
          {t.when}
        </Title>
        <Text size="sm" c="dimmed">
          {isBare ? t.always : t.all}
        </Text>
        <ConditionSet
          when={plain}
          choices={choices}
          addLabel={t.addCondition}
          isChecked={isChecked}
          onChange={(when) => setWhen({ ...when, ...(unless && { unless }) })}
        />
      </div>
      {!isBare && (
        <section className={classes.part} aria-labelledby={exceptionTitle}>
          <Title order={3} size="h4" id={exceptionTitle}>
            {t.unless}
          </Title>
          {unless !== undefined && (
            <Text size="sm" c="dimmed">
              {t.unlessHint}
            </Text>
          )}
          <ConditionSet
            isException
            when={unless ?? {}}
            choices={choices}
            addLabel={t.addException}
            isChecked={isChecked}
            onChange={({ rate: _rate, budget: _budget, unless: _unless, ...exception }) =>
              setWhen({ ...plain, unless: exception })
            }
          />
        </section>
      )}
    </>
  );
}

function ActionFields({ rule, change }: PartProps) {
  const { action } = rule;
  const mode = modeOf(rule);
  return (
    <>
      <div className={classes.action}>
        <NativeSelect
          label={t.action}
          description={guard.actions[action.kind].hint}
          value={action.kind}
          data={kinds.map((value) => ({ value, label: guard.actions[value].label }))}
          onChange={(event) => {
            const kind = kinds.find((known) => known === event.currentTarget.value) ?? action.kind;
            change({ action: actionOf(kind, action) });
          }}
        />
        {action.kind === "throttle" && (
          <NumberInput
            label={t.retryAfter}
            min={1}
            max={86_400}
            allowDecimal={false}
            value={Math.round(action.retryAfterMs / 1000)}
            onChange={(value) =>
              change({ action: { kind: "throttle", retryAfterMs: Math.max(1, Number(value) || 1) * 1000 } })
            }
          />
        )}
      </div>
      <div>
        <Text fw={550} mb={4}>
          {t.mode}
        </Text>
        <SegmentedControl
          aria-label={t.mode}
          value={mode}
          data={modes.map((value) => ({ value, label: guard.modes[value] }))}
          onChange={(value) => change(withMode(rule, modes.find((known) => known === value) ?? mode))}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {guard.modeHints[mode]}
        </Text>
      </div>
    </>
  );
}
