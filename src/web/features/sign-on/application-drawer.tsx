import { Radio, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate } from "#web/client.ts";
import { signOn } from "#web/strings/signOn.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { linesOf, wrongAddress } from "./addresses.ts";
import type { Application } from "./application-section.tsx";
import { AudienceField } from "./audience-field.tsx";
import { Values } from "./values-dialog.tsx";

const t = signOn.form;
const kinds = ["confidential", "public"] as const;

interface Form extends Pick<
  Application,
  "name" | "kind" | "audience" | "requireTwoFactors" | "askConsent" | "offlineAccess" | "signatureAlgorithm"
> {
  readonly redirects: string;
  readonly logouts: string;
}

const emptyForm: Form = {
  name: "",
  kind: "confidential",
  redirects: "",
  logouts: "",
  audience: { everyone: true, groupIds: [], personIds: [] },
  requireTwoFactors: false,
  askConsent: true,
  offlineAccess: false,
  signatureAlgorithm: "RS256",
};

const formOf = (client: Application): Form => ({
  ...client,
  redirects: client.redirectUris.join("\n"),
  logouts: client.postLogoutRedirectUris.join("\n"),
});

interface Problems {
  readonly name?: string;
  readonly redirects?: string;
  readonly logouts?: string;
  readonly audience?: string;
}

function problemsOf({ name, redirects, logouts, audience }: Form): Problems {
  const lines = linesOf(redirects);
  const wrongRedirect = wrongAddress(lines);
  const wrongLogout = wrongAddress(linesOf(logouts));
  const isForNobody = !audience.everyone && audience.groupIds.length === 0 && audience.personIds.length === 0;
  return {
    ...(name.trim() === "" && { name: t.nameMissing }),
    ...(lines.length === 0 && { redirects: t.redirectsMissing }),
    ...(wrongRedirect !== undefined && { redirects: t.redirectsWrong(wrongRedirect) }),
    ...(wrongLogout !== undefined && { logouts: t.redirectsWrong(wrongLogout) }),
    ...(isForNobody && { audience: t.audienceMissing }),
  };
}

/** Registers an application, or changes one. The secret of a new one is shown here, once. */
export function ApplicationDrawer(props: {
  readonly client: Application | null;
  readonly issuer: string;
  onClose(): void;
}) {
  const { client, onClose } = props;
  const queries = useQueryClient();
  const [form, setForm] = useState<Form>(client ? formOf(client) : emptyForm);
  const [problems, setProblems] = useState<Problems>({});
  const save = useMutation({
    mutationFn: async () => {
      const { name, kind, audience, requireTwoFactors, askConsent, offlineAccess, signatureAlgorithm } = form;
      const fields = {
        ...{ name: name.trim(), audience, requireTwoFactors, askConsent, offlineAccess, signatureAlgorithm },
        redirectUris: linesOf(form.redirects),
        postLogoutRedirectUris: linesOf(form.logouts),
      };
      if (client === null) return call("oidcClient.create", { ...fields, kind });
      return { ...(await call("oidcClient.update", { id: client.id, ...fields })), secret: null };
    },
    onSuccess: async (saved) => {
      await invalidate(queries, "oidcClient.list");
      if (client === null) return;
      notifyDone(signOn.applications.saved(saved.client.name));
      onClose();
    },
  });
  const made = client === null ? save.data : undefined;
  const change = (part: Partial<Form>): void => {
    setProblems({});
    setForm((now) => ({ ...now, ...part }));
  };
  const submit = (): void => {
    const found = problemsOf(form);
    setProblems(found);
    if (Object.keys(found).length === 0) save.mutate();
  };
  return (
    <FormDrawer
      title={made ? signOn.values.title(made.client.name) : client ? t.edit(client.name) : t.add}
      action={client ? t.save : t.create}
      isBusy={save.isPending}
      done={made && <Values client={made.client} issuer={props.issuer} secret={made.secret} onClose={onClose} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <IdentityFields form={form} problems={problems} isNew={client === null} change={change} />
      <AudienceField audience={form.audience} error={problems.audience} onChange={(audience) => change({ audience })} />
      <RuleFields form={form} change={change} />
      <ErrorLine error={save.error} />
    </FormDrawer>
  );
}

interface PartProps {
  readonly form: Form;
  change(part: Partial<Form>): void;
}

function IdentityFields(props: PartProps & { readonly problems: Problems; readonly isNew: boolean }) {
  const { form, problems, change } = props;
  return (
    <>
      <TextInput
        label={t.name}
        placeholder={t.namePlaceholder}
        maxLength={100}
        data-autofocus
        value={form.name}
        error={problems.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t.redirects}
        description={t.redirectsHint}
        autosize
        minRows={2}
        spellCheck={false}
        value={form.redirects}
        error={problems.redirects}
        onChange={(event) => change({ redirects: event.currentTarget.value })}
      />
      <Textarea
        label={t.logouts}
        description={t.logoutsHint}
        autosize
        minRows={1}
        spellCheck={false}
        value={form.logouts}
        error={problems.logouts}
        onChange={(event) => change({ logouts: event.currentTarget.value })}
      />
      {props.isNew && (
        <Radio.Group
          label={t.kind}
          value={form.kind}
          onChange={(value) => change({ kind: kinds.find((known) => known === value) ?? form.kind })}
        >
          <Stack gap="sm" mt="xs">
            {kinds.map((kind) => (
              <Radio key={kind} value={kind} label={t.kinds[kind].label} description={t.kinds[kind].hint} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </>
  );
}

function RuleFields({ form, change }: PartProps) {
  return (
    <Stack gap="sm">
      <Switch
        label={t.twoFactors}
        checked={form.requireTwoFactors}
        onChange={(event) => change({ requireTwoFactors: event.currentTarget.checked })}
      />
      <Switch
        label={t.consent}
        description={t.consentHint}
        checked={form.askConsent}
        onChange={(event) => change({ askConsent: event.currentTarget.checked })}
      />
      <Switch
        label={t.offline}
        description={t.offlineHint}
        checked={form.offlineAccess}
        onChange={(event) => change({ offlineAccess: event.currentTarget.checked })}
      />
    </Stack>
  );
}
