import { Button, Checkbox, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { FoundPerson } from "#contract/apps/files/imports";
import type { Input, Output } from "#web/client.ts";
import { imports as t } from "#web/strings/imports.ts";
import { ErrorLine, formatBytes, Status } from "#web/ui/index.ts";
import classes from "./imports.module.css";
import { isLoginName, problemsOf, startChoices, type Choice } from "./choices.ts";

export type Order = Pick<Input<"imports.start">, "people" | "how">;
type Found = Output<"imports.inspect">;

const levels = { stops: "now", "left-out": "soon", note: "good" } as const;

/** Who and what would come along: names can be changed, people left out, then it starts. */
export function FoundHousehold(props: {
  readonly found: Found;
  readonly isBusy: boolean;
  readonly error: Error | null;
  onStart(order: Order): void;
}) {
  const { found } = props;
  const [choices, setChoices] = useState(() => startChoices(found.people));
  const [how, setHow] = useState<"copy" | "link">("copy");
  const taken = found.people.filter(({ uid }) => choices[uid]?.isTaken);
  const neededBytes = taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const change = (uid: string, choice: Partial<Choice>): void =>
    setChoices({ ...choices, [uid]: { isTaken: false, name: "", ...choices[uid], ...choice } });
  const problems = problemsOf(choices);
  const stops = found.findings.some(({ level }) => level === "stops");
  const start = (): void =>
    props.onStart({ how, people: taken.map(({ uid }) => ({ uid, name: choices[uid]?.name ?? "" })) });
  return (
    <Stack gap="lg" mt="lg" className={classes.found}>
      <div>
        <Text fw={550}>{t.found(found.version)}</Text>
        <Text size="sm" c="dimmed">
          {t.counts(found.groups, found.shares, found.links, found.appPasswords)}
        </Text>
      </div>
      <ul className={classes.findings}>
        {found.findings.map(({ level, text }) => (
          <li key={text}>
            <Status level={levels[level]} sizePx={16}>
              {t.levels[level]}
            </Status>
            <Text size="sm">{text}</Text>
          </li>
        ))}
      </ul>
      <ul className={classes.people} aria-label={t.comes}>
        {found.people.map((person) => (
          <PersonRow
            key={person.uid}
            person={person}
            choice={choices[person.uid] ?? { isTaken: false, name: "" }}
            problem={problems[person.uid]}
            onChange={(choice) => change(person.uid, choice)}
          />
        ))}
      </ul>
      <Radio.Group label={t.how} value={how} onChange={(value) => setHow(value === "link" ? "link" : "copy")}>
        <Stack gap="sm" mt="xs">
          <Radio
            value="copy"
            label={t.copy(formatBytes(neededBytes), formatBytes(found.freeBytes))}
            description={t.copyHint}
          />
          <Radio value="link" label={t.link} description={t.linkHint} disabled={!found.canLink} />
        </Stack>
      </Radio.Group>
      <ErrorLine error={props.error} />
      <div>
        <Button
          loading={props.isBusy}
          disabled={stops || taken.length === 0 || Object.keys(problems).length > 0}
          onClick={start}
        >
          {t.start}
        </Button>
      </div>
    </Stack>
  );
}

function PersonRow(props: {
  readonly person: FoundPerson;
  readonly choice: Choice;
  readonly problem: "invalid" | "twice" | undefined;
  onChange(choice: Partial<Choice>): void;
}) {
  const { person, choice, problem } = props;
  const facts = [
    t.files(person.files),
    formatBytes(person.sizeBytes),
    ...(person.exists && choice.name === person.name
      ? [t.exists]
      : [t.newAccount, person.keepsPassword ? t.keepsPassword : t.needsPassword]),
  ];
  return (
    <li>
      <Checkbox
        checked={choice.isTaken}
        aria-label={t.take(person.displayName)}
        onChange={(event) => props.onChange({ isTaken: event.currentTarget.checked })}
      />
      <div className={classes.person}>
        <Text size="sm" fw={550} truncate>
          {person.displayName}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {facts.join(" · ")}
        </Text>
      </div>
      <TextInput
        className={classes.name}
        aria-label={t.nameOf(person.displayName)}
        value={choice.name}
        disabled={!choice.isTaken}
        error={problem && (problem === "invalid" || !isLoginName(choice.name) ? t.nameInvalid : t.nameTwice)}
        onChange={(event) => props.onChange({ name: event.currentTarget.value })}
      />
    </li>
  );
}
