import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Person } from "#contract/security/identity";
import { roles, type Role } from "#wire";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { PasswordField, passwordMinLength } from "./password-field.tsx";
import { quotaFromText, quotaToText } from "./quota.ts";

const t = strings.people;
const f = t.fields;
const loginName = /^[a-z0-9][a-z0-9._-]{0,31}$/;

interface Form {
  readonly name: string;
  readonly displayName: string;
  readonly password: string;
  readonly role: Role;
  readonly quota: string;
}
type Problem = Partial<Record<keyof Form, string>>;

function problemsOf(form: Form, adding: boolean): Problem {
  return {
    ...(adding && !loginName.test(form.name) && { name: f.nameInvalid }),
    ...(form.displayName.trim() === "" && { displayName: f.displayNameMissing }),
    ...(adding && form.password.length < passwordMinLength && { password: f.passwordShort }),
    ...(quotaFromText(form.quota) === undefined && { quota: f.quotaInvalid }),
  };
}

/** The dialog asks for one role; further ones given elsewhere are kept. */
function rolesWith(person: Person | null, role: Role): Role[] {
  return [role, ...(person?.roles.slice(1).filter((other) => other !== role) ?? [])];
}

/** Add somebody, or change name, role and limit. */
export function PersonDialog({ person, onClose }: { readonly person: Person | null; onClose(): void }) {
  const client = useQueryClient();
  const [form, setForm] = useState<Form>({
    name: person?.name ?? "",
    displayName: person?.displayName ?? "",
    password: "",
    role: person?.roles[0] ?? "member",
    quota: quotaToText(person?.quotaBytes ?? null),
  });
  const [problem, setProblem] = useState<Problem>({});
  const save = useMutation({
    mutationFn: () => {
      const shared = {
        displayName: form.displayName.trim(),
        roles: rolesWith(person, form.role),
        quotaBytes: quotaFromText(form.quota) ?? null,
      };
      if (person) return call("people.update", { id: person.id, ...shared });
      return call("people.create", { ...shared, name: form.name, password: form.password });
    },
    onSuccess: async () => {
      notifyDone(person ? t.saved : t.created(form.displayName.trim()));
      await invalidate(client, "people.list", "session.current");
      onClose();
    },
  });
  const change = (part: Partial<Form>): void => {
    setProblem({});
    setForm((now) => ({ ...now, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemsOf(form, person === null);
    setProblem(found);
    if (Object.keys(found).length === 0) save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={person ? t.edit(person.displayName) : t.add}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={f.displayName}
            value={form.displayName}
            onChange={(event) => change({ displayName: event.currentTarget.value })}
            error={problem.displayName}
            maxLength={100}
            autoComplete="off"
            data-autofocus
          />
          {!person && <NewAccountFields form={form} problem={problem} change={change} />}
          <NativeSelect
            label={f.role}
            description={t.roles[form.role].hint}
            value={form.role}
            onChange={(event) =>
              change({ role: roles.find((role) => role === event.currentTarget.value) ?? form.role })
            }
            data={roles.map((role) => ({ value: role, label: t.roles[role].label }))}
          />
          <TextInput
            label={f.quota}
            placeholder={f.quotaUnlimited}
            rightSection={f.quotaUnit}
            rightSectionWidth={48}
            inputMode="decimal"
            value={form.quota}
            onChange={(event) => change({ quota: event.currentTarget.value })}
            error={problem.quota}
          />
          <ErrorLine error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {person ? strings.common.save : t.addAction}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function NewAccountFields(props: {
  readonly form: Form;
  readonly problem: Problem;
  change(part: Partial<Form>): void;
}) {
  const { form, problem, change } = props;
  return (
    <>
      <TextInput
        label={f.name}
        description={f.nameHint}
        value={form.name}
        onChange={(event) => change({ name: event.currentTarget.value.toLowerCase() })}
        error={problem.name}
        maxLength={32}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <PasswordField value={form.password} error={problem.password} onChange={(password) => change({ password })} />
    </>
  );
}
