import { ActionIcon, Button, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { RuleDocument } from "#contract/security/guard";
import { call } from "#web/client.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorLine, Status } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./guard.module.css";
import type { Rules } from "./use-rules.ts";

const t = guard.tests;
type Stored = RuleDocument["tests"][number];

/** Requests with the outcome they must have; run before every change, and here by hand. */
export function StoredTests(props: {
  readonly rules: Rules;
  readonly document: RuleDocument;
  readonly manages: boolean;
}) {
  const { rules, document, manages } = props;
  const run = useMutation({ mutationFn: () => call("guard.runTests", {}) });
  const results = run.data?.tests ?? [];
  const failed = results.filter(({ passed }) => !passed).length;
  const titleOf = (id: string | null | undefined): string | null =>
    id == null ? null : (document.rules.find((rule) => rule.id === id)?.title ?? id);
  const remove = ({ name }: Stored): void =>
    void rules.change(
      (now) => ({ ...now, tests: now.tests.filter((test) => test.name !== name) }),
      guard.saved.testRemoved(name),
    );
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        document.tests.length > 0 && (
          <Button variant="default" size="sm" loading={run.isPending} onClick={() => run.mutate()}>
            {t.run}
          </Button>
        )
      }
    >
      <ErrorLine error={run.error} />
      <div aria-live="polite" className={classes.testsState}>
        {run.data && (
          <Status level={failed === 0 ? "good" : "now"}>
            {failed === 0 ? t.allPassed(results.length) : t.someFailed(failed)}
          </Status>
        )}
      </div>
      {document.tests.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <ul className={classes.tests}>
        {document.tests.map((test) => {
          const result = results.find(({ name }) => name === test.name);
          const state = result === undefined ? "unknown" : result.passed ? "passed" : "failed";
          const Shape = { unknown: IconCircleDashed, passed: IconCircleCheck, failed: IconCircleX }[state];
          const was = result && t.expects(t.is[result.outcome], titleOf(result.ruleId));
          return (
            <li key={test.name} data-state={state}>
              <Shape size={18} stroke={1.75} aria-hidden="true" />
              <span className={classes.testText}>
                <span>{test.name}</span>
                <Text size="xs" c="dimmed">
                  {t.expects(t.musts[test.expect.outcome], titleOf(test.expect.ruleId))}
                  {state === "passed" && ` · ${t.passed}`}
                  {state === "failed" && ` · ${t.failed(was ?? "")}`}
                </Text>
              </span>
              {manages && (
                <ActionIcon aria-label={t.remove(test.name)} onClick={() => remove(test)}>
                  <IconTrash size={16} stroke={1.5} aria-hidden="true" />
                </ActionIcon>
              )}
            </li>
          );
        })}
      </ul>
    </SettingsSection>
  );
}
