import {
  Alert,
  Button,
  Checkbox,
  Code,
  NativeSelect,
  PasswordInput,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Place, PlaceKind, PlaceMember } from "#contract/apps/files/places";
import { call, invalidate, type Output, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { places as t } from "#web/strings/places.ts";
import { FormDrawer } from "#web/ui/form-drawer.tsx";
import { ErrorLine, ErrorState, notifyDone, Status } from "#web/ui/index.ts";
import { MembersField } from "./members-field.tsx";

type Settings = Output<"places.settings">;
type Probe = Output<"places.probe">;

const emptySettings = {
  name: "",
  address: { kind: "webdav", address: "", user: "", container: "", folder: "", region: "" },
  readOnly: false,
  members: [] as PlaceMember[],
} as const;

/** Adds a place, or changes one. */
export function PlaceDrawer(props: { readonly place: Place | null; onClose(): void }) {
  const { place, onClose } = props;
  const { person } = useSession();
  const settings = useQuery({
    ...query("places.settings", { id: place?.id ?? 1 }),
    enabled: place !== null,
    gcTime: 0,
  });
  if (place === null) {
    const own: PlaceMember[] = person ? [{ subject: { kind: "user", id: person.id }, role: "editor" }] : [];
    return <PlaceForm id={null} before={{ ...emptySettings, members: own }} onClose={onClose} />;
  }
  if (settings.data) return <PlaceForm id={place.id} before={settings.data} onClose={onClose} />;
  return (
    <FormDrawer title={t.changeOf(place.name)} action={t.form.save} isBusy={false} onSubmit={onClose} onClose={onClose}>
      {settings.error ? <ErrorState error={settings.error} /> : <Skeleton height={240} animate={false} />}
    </FormDrawer>
  );
}

type Draft = Pick<Settings, "name" | "address" | "readOnly" | "members">;

function PlaceForm(props: { readonly id: number | null; readonly before: Draft; onClose(): void }) {
  const { id, before, onClose } = props;
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(before);
  const [secret, setSecret] = useState("");
  const [probe, setProbe] = useState<Probe | null>(null);
  const [isTrusted, setTrusted] = useState(false);

  const fingerprint = isTrusted ? (probe?.fingerprint ?? undefined) : undefined;
  const sent = { address: draft.address, ...(secret !== "" && { secret }), ...(fingerprint && { fingerprint }) };
  const test = useMutation({
    mutationFn: () => call("places.probe", { ...(id !== null && { id }), ...sent }),
    onSuccess: setProbe,
  });
  const save = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const found = await call("places.probe", { ...(id !== null && { id }), ...sent });
      setProbe(found);
      if (found.outcome !== "ok") return null;
      const { name, readOnly, members } = draft;
      const whole = { ...sent, name: name.trim(), readOnly, members: [...members] };
      await (id === null ? call("places.add", { ...whole, secret }) : call("places.change", { ...whole, id }));
      return whole.name;
    },
    onSuccess: async (name) => {
      if (name === null) return;
      notifyDone(t.saved(name));
      await invalidate(client, "places.list", "places.browse");
      onClose();
    },
  });
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    if (part.address) setProbe(null);
    save.reset();
  };
  return (
    <FormDrawer
      title={id === null ? t.add : t.changeOf(before.name)}
      action={t.form.save}
      isBusy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <AddressFields draft={draft} secret={secret} isKept={id !== null} onChange={change} onSecret={setSecret} />
      <MembersField members={draft.members} onChange={(members) => change({ members })} />
      <Checkbox
        label={t.form.readOnly}
        checked={draft.readOnly}
        onChange={(event) => change({ readOnly: event.currentTarget.checked })}
      />
      <Stack gap="xs" aria-live="polite">
        {probe && <ProbeAnswer probe={probe} isTrusted={isTrusted} onTrust={setTrusted} />}
        <ErrorLine error={save.error ?? test.error} />
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t.form.test}
        </Button>
      </Stack>
    </FormDrawer>
  );
}

function ProbeAnswer(props: { readonly probe: Probe; readonly isTrusted: boolean; onTrust(isTrusted: boolean): void }) {
  const { outcome, detail, fingerprint } = props.probe;
  if (outcome === "ok") return <Status level="good">{t.form.works}</Status>;
  if (outcome !== "host-key" || fingerprint === null) {
    return (
      <Alert color="red" variant="light">
        {detail}
      </Alert>
    );
  }
  return (
    <Alert color="orange" variant="light" title={t.form.keyTitle}>
      <Stack gap="xs">
        <Text size="sm">{detail}</Text>
        <Code block>{fingerprint}</Code>
        <Checkbox
          label={t.form.trust}
          checked={props.isTrusted}
          onChange={(event) => props.onTrust(event.currentTarget.checked)}
        />
      </Stack>
    </Alert>
  );
}

const kinds: readonly PlaceKind[] = ["webdav", "sftp", "smb", "s3"];

function AddressFields(props: {
  readonly draft: Draft;
  readonly secret: string;
  readonly isKept: boolean;
  onChange(part: Partial<Draft>): void;
  onSecret(secret: string): void;
}) {
  const { draft, onChange } = props;
  const { address } = draft;
  const { kind } = address;
  const f = t.form;
  const set = (part: Partial<Draft["address"]>): void => onChange({ address: { ...address, ...part } });
  const isPlain = address.address.trim().toLowerCase().startsWith("http://");
  return (
    <>
      <NativeSelect
        label={f.kind}
        value={kind}
        data={kinds.map((value) => ({ value, label: t.kinds[value] }))}
        onChange={(event) => set({ kind: kinds.find((known) => known === event.currentTarget.value) ?? "webdav" })}
      />
      <TextInput
        label={f.name}
        placeholder={f.namePlaceholder}
        maxLength={100}
        data-autofocus
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        label={f.addresses[kind]}
        placeholder={f.addressPlaceholders[kind]}
        description={f.addressHints[kind]}
        error={isPlain ? f.plain : undefined}
        inputMode="url"
        autoCapitalize="off"
        spellCheck={false}
        value={address.address}
        onChange={(event) => set({ address: event.currentTarget.value })}
      />
      {(kind === "smb" || kind === "s3") && (
        <TextInput
          label={f.container[kind]}
          autoCapitalize="off"
          spellCheck={false}
          value={address.container}
          onChange={(event) => set({ container: event.currentTarget.value })}
        />
      )}
      {kind === "s3" && (
        <TextInput
          label={f.region}
          placeholder="eu-central-1"
          value={address.region}
          onChange={(event) => set({ region: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={f.user[kind]}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={address.user}
        onChange={(event) => set({ user: event.currentTarget.value })}
      />
      <PasswordInput
        label={f.secret[kind]}
        placeholder={props.isKept ? f.secretKept : undefined}
        autoComplete="new-password"
        value={props.secret}
        onChange={(event) => props.onSecret(event.currentTarget.value)}
      />
      <TextInput
        label={f.folder}
        description={f.folderHint}
        autoCapitalize="off"
        spellCheck={false}
        value={address.folder}
        onChange={(event) => set({ folder: event.currentTarget.value })}
      />
    </>
  );
}
