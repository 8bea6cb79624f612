import { Button, Group, Radio, Select, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { AccessEntry } from "#contract/security/access";
import { query, type Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ExpiryField } from "#web/ui/expiry-field.tsx";
import { expiryFormOf, expiryMs } from "#web/ui/expiry.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { subjectChoices, subjectOf } from "./subjects.ts";
import { nameOf, useEntries } from "./use-access.ts";
import { choiceOf, choicesFor, type Choice } from "./words.ts";

const t = strings.access;

interface Props {
  readonly nodeId: number;
  readonly panel: Output<"access.panel">;
  /** The entry that is changed; null for a new one. */
  readonly entry: AccessEntry | null;
  onDone(): void;
}

/** Who, what they may do, and for how long. */
export function EntryForm(props: Props) {
  const { entry, panel } = props;
  const { set } = useEntries(props.nodeId);
  const choices = choicesFor(panel.own, panel.canManage);
  const [who, setWho] = useState<string | null>(null);
  const [choice, setChoice] = useState<Choice | null>(entry ? (choiceOf(entry) ?? null) : "viewer");
  const [end, setEnd] = useState(expiryFormOf(entry?.expiresAtMs ?? null));
  const [problem, setProblem] = useState<"who" | "choice" | "date" | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const subject = entry ? entry.subject : who && subjectOf(who);
    const expiresAtMs = expiryMs(end, Date.now(), entry?.expiresAtMs ?? null);
    if (!subject) return setProblem("who");
    if (!choice) return setProblem("choice");
    if (Number.isNaN(expiresAtMs)) return setProblem("date");
    const right = choice === "none" ? ({ effect: "deny" } as const) : ({ effect: "allow", role: choice } as const);
    set.mutate({ subject, ...right, expiresAtMs }, { onSuccess: props.onDone });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Title order={3} size="h3">
          {entry ? t.changeTitle(nameOf(entry)) : t.addTitle}
        </Title>
        {!entry && (
          <SubjectField
            panel={panel}
            value={who}
            isMissing={problem === "who"}
            onChange={(value) => {
              setProblem(null);
              setWho(value);
            }}
          />
        )}
        <Radio.Group
          label={t.role}
          value={choice}
          error={problem === "choice" && t.roleMissing}
          onChange={(value) => {
            setProblem(null);
            setChoice(choices.find((known) => known === value) ?? choice);
          }}
        >
          <Stack gap="sm" mt={8}>
            {choices.map((value) => (
              <Radio key={value} value={value} label={t.roles[value].label} description={t.roles[value].hint} />
            ))}
          </Stack>
        </Radio.Group>
        <ExpiryField
          label={t.expiry}
          value={end}
          isOver={problem === "date"}
          onChange={(value) => {
            setProblem(null);
            setEnd(value);
          }}
        />
        <ErrorLine error={set.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onDone}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" loading={set.isPending}>
            {entry ? t.saveAction : t.addAction}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SubjectField(props: {
  readonly panel: Output<"access.panel">;
  readonly value: string | null;
  readonly isMissing: boolean;
  onChange(value: string | null): void;
}) {
  const { person } = useSession();
  const { data, error } = useQuery(query("people.list", {}));
  return (
    <>
      <Select
        label={t.who}
        placeholder={t.whoPlaceholder}
        searchable
        autoFocus
        openOnFocus={false}
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t.whoNone}
        data={data ? subjectChoices(data, props.panel.entries, person?.id) : []}
        value={props.value}
        onChange={props.onChange}
        error={props.isMissing && t.whoMissing}
      />
      <ErrorLine error={error} />
    </>
  );
}
