import { ActionIcon, Button, Group, Modal, NativeSelect, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Space } from "#contract/apps/files/browse";
import type { Person } from "#contract/security/identity";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import classes from "./people.module.css";
import { quotaFromText } from "./quota.ts";

const t = strings.people.spaces;
type Member = Output<"files.spaceMembers">["members"][number];
const memberRoles = ["viewer", "editor", "manager"] as const;

interface Props {
  readonly people: readonly Person[];
  onClose(): void;
}

/** Make a shared space, or set who is in one. */
export function SpaceDialog({ space, people, onClose }: Props & { readonly space: Space | null }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={space ? t.membersOf(space.name) : t.add}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {space ? (
        <MembersForm space={space} people={people} onClose={onClose} />
      ) : (
        <NewSpaceForm people={people} onClose={onClose} />
      )}
    </Modal>
  );
}

function MembersForm({ space, people, onClose }: Props & { readonly space: Space }) {
  const client = useQueryClient();
  const known = useQuery(query("files.spaceMembers", { spaceId: space.id }));
  const [changed, setChanged] = useState<readonly Member[] | null>(null);
  const members = changed ?? known.data?.members;
  const save = useMutation({
    mutationFn: (next: readonly Member[]) => call("files.setSpaceMembers", { spaceId: space.id, members: idsOf(next) }),
    onSuccess: async () => {
      notifyDone(strings.people.saved);
      await invalidate(client, "files.spaceMembers", "files.spaces");
      onClose();
    },
  });
  if (known.error) return <ErrorLine error={known.error} />;
  if (!members) return <Skeleton height={120} />;
  return (
    <Stack gap="md">
      <Members members={members} people={people} onChange={setChanged} />
      <ErrorLine error={save.error} />
      <Buttons
        busy={save.isPending}
        action={strings.common.save}
        onClose={onClose}
        onAct={() => save.mutate(members)}
      />
    </Stack>
  );
}

function NewSpaceForm({ people, onClose }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [quota, setQuota] = useState("");
  const [members, setMembers] = useState<readonly Member[]>([]);
  const quotaBytes = quotaFromText(quota);
  const create = useMutation({
    mutationFn: () =>
      call("files.createSpace", { name: name.trim(), members: idsOf(members), quotaBytes: quotaBytes ?? null }),
    onSuccess: async () => {
      notifyDone(t.created(name.trim()));
      await invalidate(client, "files.spaces", "usage.overview");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "" && quotaBytes !== undefined) create.mutate();
  };
  const f = strings.people.fields;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <Members members={members} people={people} onChange={setMembers} />
        <TextInput
          label={f.quota}
          placeholder={f.quotaUnlimited}
          rightSection={f.quotaUnit}
          rightSectionWidth={48}
          inputMode="decimal"
          value={quota}
          onChange={(event) => setQuota(event.currentTarget.value)}
          error={quotaBytes === undefined && f.quotaInvalid}
        />
        <ErrorLine error={create.error} />
        <Buttons
          busy={create.isPending}
          disabled={name.trim() === ""}
          action={strings.common.create}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}

function idsOf(members: readonly Member[]): { userId: number; role: Member["role"] }[] {
  return members.map(({ userId, role }) => ({ userId, role }));
}

function Buttons(props: {
  readonly busy: boolean;
  readonly disabled?: boolean;
  readonly action: string;
  onClose(): void;
  onAct?(): void;
}) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="subtle" color="gray" onClick={props.onClose}>
        {strings.common.cancel}
      </Button>
      <Button
        type={props.onAct ? "button" : "submit"}
        onClick={props.onAct}
        loading={props.busy}
        disabled={props.disabled ?? false}
      >
        {props.action}
      </Button>
    </Group>
  );
}

function Members(props: {
  readonly members: readonly Member[];
  readonly people: readonly Person[];
  onChange(members: readonly Member[]): void;
}) {
  const { members, people, onChange } = props;
  const others = people.filter((person) => members.every((member) => member.userId !== person.id));
  const setRole = (member: Member, value: string): void => {
    const role = memberRoles.find((known) => known === value) ?? member.role;
    onChange(members.map((other) => (other === member ? { ...member, role } : other)));
  };
  return (
    <fieldset className={classes.members}>
      <legend>{t.members}</legend>
      {members.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noMembers}
        </Text>
      )}
      {members.map((member) => (
        <div key={member.userId} className={classes.member}>
          <Text size="sm" truncate>
            {member.name}
          </Text>
          <NativeSelect
            aria-label={t.roleOf(member.name)}
            value={member.role}
            onChange={(event) => setRole(member, event.currentTarget.value)}
            data={memberRoles.map((role) => ({ value: role, label: t.roles[role] }))}
          />
          <ActionIcon
            size={36}
            aria-label={t.removeMember(member.name)}
            onClick={() => onChange(members.filter((other) => other !== member))}
          >
            <IconX size={16} stroke={1.5} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      {others.length > 0 && (
        <NativeSelect
          aria-label={t.addMember}
          value=""
          onChange={(event) => {
            const person = others.find((other) => String(other.id) === event.currentTarget.value);
            if (person) onChange([...members, { userId: person.id, name: person.displayName, role: "editor" }]);
          }}
          data={[
            { value: "", label: `${t.addMember} …` },
            ...others.map((person) => ({ value: String(person.id), label: person.displayName })),
          ]}
        />
      )}
    </fieldset>
  );
}
