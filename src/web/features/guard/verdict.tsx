import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconBan, IconCheck, IconHandStop, IconHourglass, IconLockQuestion } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useMutation } from "@tanstack/react-query";
import type { RuleDocument } from "#contract/security/guard";
import type { Input, Output } from "#web/client.ts";
import { guard } from "#web/strings/guard.ts";
import classes from "./guard.module.css";
import { Refusal } from "./refusal.tsx";
import type { Rules } from "./use-rules.ts";

const t = guard.tester;
type Explanation = Output<"guard.test">;
const icons = {
  allow: IconCheck,
  deny: IconBan,
  challenge: IconLockQuestion,
  throttle: IconHourglass,
  ban: IconHandStop,
} as const;

interface Props {
  readonly explanation: Explanation;
  readonly request: Input<"guard.test">["request"];
  readonly document: RuleDocument;
  readonly rules: Rules;
  readonly manages: boolean;
}

/** Which rule decides a made-up request, and why each before it did not. */
export function Verdict(props: Props) {
  const { explanation } = props;
  const { outcome, ruleId, steps, facts, detectors } = explanation;
  const Shape = icons[outcome];
  const title = steps.find((step) => step.ruleId === ruleId)?.title;
  const understood = [
    guard.apps[facts.app],
    facts.path,
    facts.zone === "household" || facts.zone === "vpn" || facts.zone === "outside"
      ? guard.zones[facts.zone]
      : facts.zone,
    ...facts.sets.filter((name) => name !== facts.zone),
    facts.country ?? "",
    facts.time,
    guard.vias[facts.via],
    facts.via === "none" ? "" : guard.strengths[facts.strength],
  ];
  return (
    <div className={classes.verdict} role="status">
      <p className={classes.outcome} data-outcome={outcome}>
        <Shape size={20} stroke={1.75} aria-hidden="true" />
        <span>
          {t.outcomes[outcome]}
          {title !== undefined && ` ${t.decidedBy(title)}`}
        </span>
      </p>
      {ruleId === null && <Text c="dimmed">{t.byNone}</Text>}
      <Text size="xs" c="dimmed" className={classes.understood}>
        {t.understood}: {understood.filter(Boolean).join(" · ")}
      </Text>
      {detectors.length > 0 && (
        <Text size="sm">{t.detectors(detectors.map((name) => guard.attacks.names[name]).join(", "))}</Text>
      )}
      {steps.length > 0 && (
        <ol className={classes.steps} aria-label={t.steps}>
          {steps.map((step) => (
            <li key={step.ruleId} data-matched={step.matched || undefined}>
              <span className={classes.stepTitle}>{step.title}</span>
              <span className={classes.stepWhy}>{step.why}</span>
            </li>
          ))}
        </ol>
      )}
      {props.manages && <KeepForm {...props} />}
    </div>
  );
}

/** Keeps the request with its outcome as a test, which every later change has to pass. */
function KeepForm({ explanation, request, document, rules }: Props) {
  const [name, setName] = useState<string | null>(null);
  const { outcome, ruleId } = explanation;
  const keep = useMutation({
    mutationFn: (chosen: string) => {
      const test = { name: chosen, request, expect: { outcome, ruleId } };
      return rules.saveFrom(
        (now) => ({ ...now, tests: [...now.tests, test as RuleDocument["tests"][number]] }),
        guard.saved.testAdded(chosen),
      );
    },
    onSuccess: () => setName(null),
  });
  if (name === null) {
    const start = (): void => {
      const stem = t.defaultName(request.method ?? "GET", request.path);
      const isTaken = (wanted: string): boolean => document.tests.some((test) => test.name === wanted);
      let free = stem;
      for (let n = 2; isTaken(free); n += 1) free = `${stem} (${n})`;
      setName(free);
    };
    return (
      <Button variant="default" size="sm" className={classes.keep} onClick={start}>
        {t.keep}
      </Button>
    );
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") keep.mutate(name.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t.keepName}
          autoFocus
          maxLength={200}
          className={classes.keepName}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={keep.isPending}>
          {t.kept}
        </Button>
      </Group>
      <Refusal error={keep.error} />
    </form>
  );
}
