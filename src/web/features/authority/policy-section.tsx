import { Button, NativeSelect, Skeleton, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { PolicyRule } from "#contract/security/certificates";
import { call, query } from "#web/client.ts";
import { authority } from "#web/strings/authority.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import classes from "./authority.module.css";

const t = authority.policy;
const scopes = ["everything", "files", "dav", "administration"] as const;
const isSame = (a: PolicyRule, b: PolicyRule): boolean => a.personId === b.personId && a.scope === b.scope;

/** Of whom a certificate is required, and for what. */
export function PolicySection({ manages }: { readonly manages: boolean }) {
  const client = useQueryClient();
  const policy = useQuery(query("certificates.getPolicy", {}));
  const people = useQuery(query("people.list", {}));
  const save = useMutation({
    mutationFn: ({ rules }: { readonly rules: readonly PolicyRule[]; readonly done: string }) =>
      call("certificates.setPolicy", { rules: [...rules] }),
    onSuccess: (now, { done }) => {
      const before = policy.data?.rules ?? [];
      client.setQueryData(query("certificates.getPolicy", {}).queryKey, now);
      notifyDone(done, () => save.mutate({ rules: before, done: authority.policy.title }));
    },
  });
  const rules = policy.data?.rules ?? [];
  const nameOf = (id: number | null): string =>
    id === null ? t.everybody : (people.data?.people.find((person) => person.id === id)?.displayName ?? String(id));
  const textOf = (rule: PolicyRule): string => t.rule(nameOf(rule.personId), t.scopes[rule.scope]);
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <ErrorLine error={policy.error} />
      {policy.isPending && <Skeleton height={24} />}
      {policy.data && rules.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {rules.map((rule) => (
          <SettingsRow
            key={`${rule.personId} ${rule.scope}`}
            icon={IconLock}
            name={nameOf(rule.personId)}
            facts={[t.scopes[rule.scope]]}
            action={
              manages && (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={save.isPending}
                  aria-label={t.removeOf(textOf(rule))}
                  onClick={() =>
                    save.mutate({
                      rules: rules.filter((other) => !isSame(other, rule)),
                      done: t.removed(textOf(rule)),
                    })
                  }
                >
                  {t.remove}
                </Button>
              )
            }
          />
        ))}
      </SettingsList>
      {manages && policy.data && (
        <AddRule
          people={people.data?.people ?? []}
          isBusy={save.isPending}
          onAdd={(rule) => {
            if (!rules.some((other) => isSame(other, rule)))
              save.mutate({ rules: [...rules, rule], done: t.added(textOf(rule)) });
          }}
        />
      )}
      <ErrorLine error={save.error} />
    </SettingsSection>
  );
}

function AddRule(props: {
  readonly people: readonly { readonly id: number; readonly displayName: string }[];
  readonly isBusy: boolean;
  onAdd(rule: PolicyRule): void;
}) {
  const [who, setWho] = useState("");
  const [scope, setScope] = useState<PolicyRule["scope"]>("administration");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onAdd({ personId: who === "" ? null : Number(who), scope });
  };
  return (
    <form onSubmit={submit} className={classes.addRule}>
      <NativeSelect
        label={t.person}
        value={who}
        data={[
          { value: "", label: t.everybody },
          ...props.people.map(({ id, displayName }) => ({ value: String(id), label: displayName })),
        ]}
        onChange={(event) => setWho(event.currentTarget.value)}
      />
      <NativeSelect
        label={t.scope}
        value={scope}
        data={scopes.map((value) => ({ value, label: t.scopes[value] }))}
        onChange={(event) => setScope(scopes.find((known) => known === event.currentTarget.value) ?? scope)}
      />
      <Button type="submit" variant="default" loading={props.isBusy}>
        {t.add}
      </Button>
    </form>
  );
}
