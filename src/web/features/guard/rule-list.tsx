import { ActionIcon, Menu, SegmentedControl, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import type { Rule, RuleDocument } from "#contract/security/guard";
import type { Output } from "#web/client.ts";
import { guard as t } from "#web/strings/guard.ts";
import { formatWhen } from "#web/ui/index.ts";
import { modeOf, modes, withMode, withoutRule, withRule } from "./draft.ts";
import classes from "./guard.module.css";
import { sentenceOf } from "./sentence.ts";
import type { Rules } from "./use-rules.ts";

type Counter = Output<"guard.counters">["rules"][number];

interface ListProps {
  readonly document: RuleDocument;
  readonly counters: Output<"guard.counters"> | undefined;
  readonly rules: Rules;
  readonly manages: boolean;
  onEdit(ruleId: string): void;
}

/** The rules in their order; Alt with the arrow keys moves the one that has the focus. */
export function RuleList(props: ListProps) {
  const { document, counters } = props;
  const counterOf = (id: string): Counter | undefined => counters?.rules.find(({ ruleId }) => ruleId === id);
  return (
    <ol className={classes.list} aria-label={t.list}>
      {document.rules.map((rule, at) => (
        <RuleRow
          key={rule.id}
          {...props}
          rule={rule}
          at={at}
          isLast={at === document.rules.length - 1}
          counter={counterOf(rule.id)}
        />
      ))}
    </ol>
  );
}

type RowProps = ListProps & {
  readonly rule: Rule;
  readonly at: number;
  readonly isLast: boolean;
  readonly counter: Counter | undefined;
};

/** What the rule did, or would have done in shadow. */
function countOf({ counter, rule }: RowProps): string {
  if (counter === undefined) return "";
  const mode = modeOf(rule);
  if (mode === "off") return "";
  const n = mode === "shadow" ? counter.wouldHave : counter.matches;
  if (n === 0) return t.neverMatched;
  const text = mode === "shadow" ? t.wouldHave(n) : t.matched(n);
  return counter.lastMatchAtMs === null ? text : `${text}, ${t.last(formatWhen(counter.lastMatchAtMs, Date.now()))}`;
}

/** A row that moves is taken out of the document and put back, which costs it the focus: this gives it back. */
function useKeptFocus(at: number) {
  const row = useRef<HTMLLIElement>(null);
  const focused = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const before = focused.current;
    focused.current = null;
    before?.focus();
    // The button that moved it to the end is disabled there.
    if (before && document.activeElement !== before)
      row.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
  }, [at]);
  const keep = (): void => {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && row.current?.contains(activeElement)) focused.current = activeElement;
  };
  return { row, keep };
}

function RuleRow(props: RowProps) {
  const { rule, at, isLast, rules, manages } = props;
  const mode = modeOf(rule);
  const { row, keep } = useKeptFocus(at);
  const move = (by: -1 | 1): void => {
    keep();
    rules.move(rule.id, by);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!manages || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <li ref={row} className={classes.rule} data-mode={mode} onKeyDown={onKeyDown}>
      {manages ? (
        <span className={classes.order}>
          <ActionIcon
            size={24}
            variant="transparent"
            aria-label={t.moveUp(rule.title)}
            disabled={at === 0}
            onClick={() => move(-1)}
          >
            <IconChevronUp size={16} stroke={1.75} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            size={24}
            variant="transparent"
            aria-label={t.moveDown(rule.title)}
            disabled={isLast}
            onClick={() => move(1)}
          >
            <IconChevronDown size={16} stroke={1.75} aria-hidden="true" />
          </ActionIcon>
        </span>
      ) : (
        <span className={classes.number}>{at + 1}</span>
      )}
      <RuleText {...props} />
      <RuleMode {...props} />
      {manages && <RuleMenu {...props} />}
    </li>
  );
}

function RuleText(props: RowProps) {
  const { rule, manages } = props;
  return (
    <div className={classes.ruleText}>
      {manages ? (
        <UnstyledButton
          className={classes.ruleTitle}
          onClick={() => props.onEdit(rule.id)}
          aria-label={t.editOf(rule.title)}
        >
          {rule.title}
        </UnstyledButton>
      ) : (
        <span className={classes.ruleTitle}>{rule.title}</span>
      )}
      <Text size="sm" c="dimmed" className={classes.sentence}>
        {sentenceOf({ ...rule, shadow: modeOf(rule) !== "on" })}
      </Text>
      <Text size="xs" c="dimmed" className={`${classes.count} tabular`}>
        {countOf(props)}
      </Text>
    </div>
  );
}

function RuleMode({ rule, rules, manages }: RowProps) {
  const mode = modeOf(rule);
  if (!manages) return <Text size="sm">{t.modes[mode]}</Text>;
  const set = (value: string): void => {
    const next = modes.find((known) => known === value);
    if (next) void rules.change((now) => withRule(now, withMode(rule, next)), t.saved.mode(rule.title, next));
  };
  return (
    <SegmentedControl
      className={classes.mode}
      size="xs"
      aria-label={t.modeOf(rule.title)}
      value={mode}
      data={modes.map((value) => ({ value, label: t.modes[value] }))}
      onChange={set}
    />
  );
}

function RuleMenu({ rule, rules, onEdit }: RowProps) {
  const remove = (): void => void rules.change((now) => withoutRule(now, rule.id), t.saved.removed(rule.title));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} aria-label={t.actionsOf(rule.title)} className={classes.ruleMenu}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden="true" />} onClick={() => onEdit(rule.id)}>
          {t.edit}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden="true" />} onClick={remove}>
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
