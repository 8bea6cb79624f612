import { ActionIcon, Button, Chip, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { TimeWindow } from "#contract/security/guard";
import { guard as t } from "#web/strings/guard.ts";
import type { FieldProps } from "./condition-field.tsx";
import classes from "./guard.module.css";

const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const another: TimeWindow = { days: [...week], from: "00:00", to: "06:00" };

/** A field for a time has no 24:00; the end of a day is the beginning of the next. */
const shownTime = (time: string): string => (time === "24:00" ? "00:00" : time);

/** Days and hours, as many windows as wanted. */
export function TimesField({ when, onChange, isMissing }: FieldProps) {
  const times = when.times ?? [];
  const change = (at: number, part: Partial<TimeWindow>): void =>
    onChange({ times: times.map((window, index) => (index === at ? { ...window, ...part } : window)) });
  return (
    <fieldset className={classes.times}>
      <legend>{t.conditions.times.label}</legend>
      {times.map((window, at) => (
        // Windows have no name of their own, and only the last is ever added or taken away in the middle of typing.
        <div key={at} className={classes.window}>
          <Chip.Group
            multiple
            value={[...window.days]}
            onChange={(days) => change(at, { days: week.filter((day) => days.includes(day)) })}
          >
            <Group gap={4} role="group" aria-label={t.days}>
              {week.map((day) => (
                <Chip key={day} value={day} size="xs">
                  {t.dayNames[day]}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <div className={classes.span}>
            <TextInput
              type="time"
              label={t.from}
              value={shownTime(window.from)}
              onChange={(event) => event.currentTarget.value && change(at, { from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t.to}
              value={shownTime(window.to)}
              onChange={(event) => event.currentTarget.value && change(at, { to: event.currentTarget.value })}
            />
            {times.length > 1 && (
              <ActionIcon
                aria-label={t.removeTime}
                onClick={() => onChange({ times: times.filter((_, index) => index !== at) })}
              >
                <IconX size={18} stroke={1.5} aria-hidden="true" />
              </ActionIcon>
            )}
          </div>
        </div>
      ))}
      {isMissing && <span className={classes.missing}>{t.form.missing}</span>}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={() => onChange({ times: [...times, another] })}
      >
        {t.addTime}
      </Button>
    </fieldset>
  );
}
