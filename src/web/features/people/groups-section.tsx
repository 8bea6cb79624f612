import { ActionIcon, Button, Checkbox, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconDots, IconPencil, IconPlus, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Person } from "#contract/security/identity";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorLine, notifyDone } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import classes from "./people.module.css";

const t = strings.people.groups;
type KnownGroup = Output<"people.list">["groups"][number];

interface Props {
  readonly people: readonly Person[];
  readonly groups: readonly KnownGroup[];
  readonly manages: boolean;
}

/** Groups gather people, so that something can be shared with all of them at once. */
export function GroupsSection({ people, groups, manages }: Props) {
  const [editing, setEditing] = useState<KnownGroup | "new" | null>(null);
  const [removing, setRemoving] = useState<KnownGroup | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setEditing("new")}>
      {t.add}
    </Button>
  );
  return (
    <SettingsSection title={strings.people.tabs.groups} hint={t.noneHint} action={manages && groups.length > 0 && add}>
      {groups.length === 0 ? (
        <EmptyState icon={IconUsersGroup} title={t.none} action={manages && add} />
      ) : (
        <ul className={classes.list} aria-label={strings.people.tabs.groups}>
          {groups.map((group) => (
            <GroupRow
              key={group.id}
              group={group}
              people={people}
              manages={manages}
              onEdit={() => setEditing(group)}
              onRemove={() => setRemoving(group)}
            />
          ))}
        </ul>
      )}
      {editing && (
        <GroupDialog group={editing === "new" ? null : editing} people={people} onClose={() => setEditing(null)} />
      )}
      {removing && <RemoveGroupDialog group={removing} onClose={() => setRemoving(null)} />}
    </SettingsSection>
  );
}

function GroupRow(props: {
  readonly group: KnownGroup;
  readonly people: readonly Person[];
  readonly manages: boolean;
  onEdit(): void;
  onRemove(): void;
}) {
  const { group, people } = props;
  const names = people.filter((person) => group.memberIds.includes(person.id)).map((person) => person.displayName);
  return (
    <li className={classes.item}>
      <IconUsersGroup size={24} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <div className={classes.text}>
        <Text size="sm" fw={550} truncate>
          {group.name}
        </Text>
        <Text size="xs" c="dimmed" truncate title={names.join(", ")}>
          {t.count(group.memberIds.length)}
          {names.length > 0 && ` · ${names.join(", ")}`}
        </Text>
      </div>
      {props.manages && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={44} aria-label={`${strings.common.more}: ${group.name}`}>
              <IconDots size={20} stroke={1.5} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden="true" />} onClick={props.onEdit}>
              {strings.people.editAction}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden="true" />} onClick={props.onRemove}>
              {t.remove}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  );
}

/** The rules that let the group in go with it, so that there is no undo. */
function RemoveGroupDialog({ group, onClose }: { readonly group: KnownGroup; onClose(): void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call("people.removeGroup", { id: group.id }),
    onSuccess: async () => {
      notifyDone(t.removed(group.name));
      await invalidate(client, "people.list");
      onClose();
    },
  });
  return (
    <ConfirmName
      title={t.removeTitle(group.name)}
      text={t.removeBody}
      name={group.name}
      action={t.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

function GroupDialog(props: {
  readonly group: KnownGroup | null;
  readonly people: readonly Person[];
  onClose(): void;
}) {
  const { group, people, onClose } = props;
  const client = useQueryClient();
  const [name, setName] = useState(group?.name ?? "");
  const [members, setMembers] = useState<readonly string[]>((group?.memberIds ?? []).map(String));
  const save = useMutation({
    mutationFn: () => {
      const input = { name: name.trim(), memberIds: members.map(Number) };
      return group ? call("people.updateGroup", { id: group.id, ...input }) : call("people.createGroup", input);
    },
    onSuccess: async () => {
      await invalidate(client, "people.list");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={group ? strings.people.edit(group.name) : t.add}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={64}
            data-autofocus
          />
          <Checkbox.Group label={t.members} value={[...members]} onChange={setMembers}>
            <Stack gap="sm" mt={8}>
              {people.map((person) => (
                <Checkbox key={person.id} value={String(person.id)} label={person.displayName} />
              ))}
            </Stack>
          </Checkbox.Group>
          <ErrorLine error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
              {group ? strings.common.save : strings.common.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
