import { Button, Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Conditions } from "#contract/security/guard";
import { guard as t } from "#web/strings/guard.ts";
import { type Choices, ConditionField } from "./condition-field.tsx";
import {
  type ConditionKey,
  conditionKeys,
  limitKeys,
  missingKeys,
  usedKeys,
  withCondition,
  withoutCondition,
} from "./draft.ts";
import classes from "./guard.module.css";

/** The conditions that are used as fields, and a menu of the others. */
export function ConditionSet(props: {
  readonly when: Conditions;
  readonly choices: Choices;
  readonly addLabel: string;
  /** An exception cannot count over several requests. */
  readonly isException?: boolean;
  /** Whether what is not filled in is said. */
  readonly isChecked: boolean;
  onChange(when: Conditions): void;
}) {
  const { when, choices, onChange } = props;
  const used = usedKeys(when);
  const missing = props.isChecked ? missingKeys(when) : [];
  const free = conditionKeys.filter((key) => !used.includes(key) && !(props.isException && limitKeys.has(key)));
  const add = (key: ConditionKey): void => onChange(withCondition(when, key));
  return (
    <div className={classes.conditions}>
      {used.map((key) => (
        <ConditionField
          key={key}
          name={key}
          when={when}
          choices={choices}
          isMissing={missing.includes(key)}
          onChange={(part) => onChange({ ...when, ...part })}
          onRemove={() => onChange(withoutCondition(when, key))}
        />
      ))}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            size="sm"
            className={classes.addCondition}
            leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
          >
            {props.addLabel}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.choices}>
          {free.map((key) => (
            <Menu.Item key={key} onClick={() => add(key)}>
              {t.conditions[key].label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
