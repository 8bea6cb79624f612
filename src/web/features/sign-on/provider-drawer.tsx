import { Button, PasswordInput, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate } from "#web/client.ts";
import { signOn } from "#web/strings/signOn.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine, notifyDone, Status } from "#web/ui/index.ts";
import { providerIdFor } from "./addresses.ts";
import { CopyValues } from "./copy-values.tsx";
import type { Provider } from "./provider-section.tsx";
import classes from "./sign-on.module.css";

const t = signOn.providerForm;

interface Form {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly createGuests: boolean;
}

/** Adds a provider, or changes one; its issuer stays as it is. */
export function ProviderDrawer(props: {
  readonly provider: Provider | null;
  readonly taken: readonly string[];
  readonly callback: string;
  onClose(): void;
}) {
  const { provider, onClose } = props;
  const queries = useQueryClient();
  const [isChecked, setChecked] = useState(false);
  const [form, setForm] = useState<Form>({
    name: provider?.name ?? "",
    issuer: provider?.issuer ?? "",
    clientId: provider?.clientId ?? "",
    secret: "",
    enabled: provider?.enabled ?? true,
    createGuests: provider?.createGuests ?? false,
  });
  const save = useMutation({
    mutationFn: () => {
      const { secret, ...fields } = form;
      const id = provider?.id ?? providerIdFor(form.name, props.taken);
      // Nothing typed keeps the secret there is, and makes a new provider a public client.
      const clientSecret = secret === "" ? (provider ? undefined : null) : secret;
      const given = { ...fields, name: form.name.trim(), issuer: form.issuer.trim(), clientId: form.clientId.trim() };
      return call("loginProvider.save", { ...given, id, ...(clientSecret === undefined ? {} : { clientSecret }) });
    },
    onSuccess: async ({ provider: saved }) => {
      notifyDone(signOn.providers.saved(saved.name));
      await invalidate(queries, "loginProvider.list", "loginProvider.options");
      onClose();
    },
  });
  const change = (part: Partial<Form>): void => {
    save.reset();
    setForm((now) => ({ ...now, ...part }));
  };
  const isComplete = form.name.trim() !== "" && form.clientId.trim() !== "" && URL.canParse(form.issuer.trim());
  const submit = (): void => {
    setChecked(true);
    if (isComplete) save.mutate();
  };
  return (
    <FormDrawer
      title={provider ? t.edit(provider.name) : t.add}
      action={t.save}
      isBusy={save.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t.name}
        placeholder={t.namePlaceholder}
        maxLength={100}
        data-autofocus
        value={form.name}
        error={isChecked && form.name.trim() === "" && t.nameMissing}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <IssuerField form={form} isNew={provider === null} isChecked={isChecked} change={change} />
      <CopyValues values={[{ label: signOn.providers.callback, value: props.callback }]} />
      <TextInput
        label={t.clientId}
        maxLength={500}
        spellCheck={false}
        value={form.clientId}
        error={isChecked && form.clientId.trim() === "" && t.clientIdMissing}
        onChange={(event) => change({ clientId: event.currentTarget.value })}
      />
      <PasswordInput
        label={t.secret}
        description={provider?.hasSecret ? t.secretKept : t.secretNone}
        autoComplete="off"
        value={form.secret}
        onChange={(event) => change({ secret: event.currentTarget.value })}
      />
      <Switch
        label={t.enabled}
        checked={form.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <Switch
        label={t.guests}
        description={t.guestsHint}
        checked={form.createGuests}
        onChange={(event) => change({ createGuests: event.currentTarget.checked })}
      />
      <ErrorLine error={save.error} />
    </FormDrawer>
  );
}

/** The issuer with a question to it whether logging in there could work. */
function IssuerField(props: {
  readonly form: Form;
  readonly isNew: boolean;
  readonly isChecked: boolean;
  change(part: Partial<Form>): void;
}) {
  const issuer = props.form.issuer.trim();
  const isAddress = URL.canParse(issuer);
  const test = useMutation({ mutationFn: () => call("loginProvider.test", { issuer }) });
  return (
    <div>
      <div className={classes.value}>
        <TextInput
          label={t.issuer}
          description={props.isNew ? t.issuerHint : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          readOnly={!props.isNew}
          inputMode="url"
          spellCheck={false}
          value={props.form.issuer}
          error={props.isChecked && !isAddress && t.issuerMissing}
          onChange={(event) => {
            test.reset();
            props.change({ issuer: event.currentTarget.value });
          }}
        />
        <Button variant="default" disabled={!isAddress} loading={test.isPending} onClick={() => test.mutate()}>
          {t.test}
        </Button>
      </div>
      <div aria-live="polite" className={classes.answer}>
        <ErrorLine error={test.error} />
        {test.data?.ok && (
          <Status level="good" sizePx={16}>
            {t.works}
          </Status>
        )}
        {test.data && !test.data.ok && (
          <>
            <Text size="sm" c="var(--hearth-now)">
              {t.problems}
            </Text>
            <ul className={classes.problems}>
              {test.data.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
