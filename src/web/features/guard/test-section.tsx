import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { RuleDocument } from "#contract/security/guard";
import { call } from "#web/client.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import type { Choices } from "./condition-field.tsx";
import classes from "./guard.module.css";
import { StoredTests } from "./stored-tests.tsx";
import { TestFields } from "./test-fields.tsx";
import { emptyTest, requestOf, type TestForm } from "./test-request.ts";
import { Verdict } from "./verdict.tsx";
import type { Rules } from "./use-rules.ts";

const t = guard.tester;

/** A made-up request, which rule decides it and why, and the requests that were kept as tests. */
export function TestSection(props: {
  readonly rules: Rules;
  readonly document: RuleDocument;
  readonly choices: Choices;
  readonly manages: boolean;
}) {
  const { rules, document, manages } = props;
  const [form, setForm] = useState<TestForm>(emptyTest);
  const run = useMutation({
    mutationFn: async () => {
      const request = requestOf(form);
      return { request, explanation: await call("guard.test", { request }) };
    },
  });
  return (
    <>
      <SettingsSection id="test" title={t.title} hint={t.hint}>
        <form
          className={classes.test}
          onSubmit={(event) => {
            event.preventDefault();
            run.mutate();
          }}
        >
          <TestFields form={form} people={props.choices.people} onChange={(part) => setForm({ ...form, ...part })} />
          <Button type="submit" loading={run.isPending} className={classes.run}>
            {t.run}
          </Button>
        </form>
        <ErrorLine error={run.error} />
        {run.data && (
          <Verdict
            key={run.submittedAt}
            explanation={run.data.explanation}
            request={run.data.request}
            document={document}
            rules={rules}
            manages={manages}
          />
        )}
      </SettingsSection>
      <StoredTests rules={rules} document={document} manages={manages} />
    </>
  );
}
