import { Button, Group, PasswordInput, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { Link } from "#contract/apps/files/links";
import { strings } from "#web/strings.ts";
import { ExpiryField } from "#web/ui/expiry-field.tsx";
import { ErrorLine } from "#web/ui/index.ts";
import { formOf, newLinkForm, rulesOf, type FormProblem, type LinkForm as Form, type LinkRules } from "./rules.ts";

const t = strings.sharing;

interface Props {
  readonly folder: boolean;
  readonly existing: Link | null;
  readonly busy: boolean;
  readonly error: unknown;
  onSave(rules: LinkRules): void;
  onCancel(): void;
}

/** The rules of a link: what visitors may do, password, end, number of downloads. */
export function LinkForm(props: Props) {
  const { existing } = props;
  const [form, setForm] = useState<Form>(existing ? formOf(existing) : newLinkForm);
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const change = (part: Partial<Form>): void => {
    setProblem(null);
    setForm((now) => ({ ...now, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const result = rulesOf(form, Date.now(), existing);
    if ("problem" in result) setProblem(result.problem);
    else props.onSave(result.rules);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {props.folder && <ModeField value={form.mode} onChange={(mode) => change({ mode })} />}
        <PasswordField form={form} existing={existing} problem={problem} change={change} />
        <ExpiryField label={t.expiry} value={form} isOver={problem === "date"} onChange={change} />
        {form.mode === "view" && (
          <TextInput
            label={t.limit.label}
            placeholder={t.limit.none}
            inputMode="numeric"
            value={form.limit}
            onChange={(event) => change({ limit: event.currentTarget.value })}
            error={problem === "limit" && t.limit.invalid}
          />
        )}
        <ErrorLine error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onCancel}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" loading={props.busy}>
            {existing ? t.saveAction : t.createAction}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ModeField(props: { readonly value: Link["mode"]; onChange(mode: Link["mode"]): void }) {
  return (
    <div>
      <Text size="sm" fw={550} id="link-mode" mb={4}>
        {t.mode.label}
      </Text>
      <SegmentedControl
        fullWidth
        aria-labelledby="link-mode"
        value={props.value}
        onChange={(value) => props.onChange(value === "upload" ? "upload" : "view")}
        data={[
          { value: "view", label: t.mode.view },
          { value: "upload", label: t.mode.upload },
        ]}
      />
      {props.value === "upload" && (
        <Text size="xs" c="dimmed" mt={4}>
          {t.mode.uploadHint}
        </Text>
      )}
    </div>
  );
}

interface FieldProps {
  readonly form: Form;
  readonly problem: FormProblem | null;
  change(part: Partial<Form>): void;
}

function PasswordField({ form, problem, change, existing }: FieldProps & { readonly existing: Link | null }) {
  return (
    <Stack gap="xs">
      <Switch
        label={t.password.set}
        checked={form.passwordOn}
        onChange={(event) => change({ passwordOn: event.currentTarget.checked })}
      />
      {form.passwordOn && (
        <PasswordInput
          aria-label={t.password.label}
          placeholder={existing?.hasPassword ? t.password.keep : t.password.placeholder}
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
          error={problem === "password" && t.password.tooShort}
        />
      )}
    </Stack>
  );
}
