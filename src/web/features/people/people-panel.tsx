import { ActionIcon, Avatar, Badge, Button, Menu, Skeleton, Text } from "@mantine/core";
import { IconBan, IconDots, IconKey, IconPencil, IconPlus, IconUserCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Person } from "#contract/security/identity";
import { call, invalidate } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment, formatWhen, notifyDone, notifyError, useAfter } from "#web/ui/index.ts";
import classes from "./people.module.css";
import { PersonDialog } from "./person-dialog.tsx";
import { ResetDialog } from "./reset-dialog.tsx";

const t = strings.people;

type Open = { readonly dialog: "add" } | { readonly dialog: "edit" | "reset"; readonly person: Person } | null;

/** Everybody with an account: role, limit, when last seen, and what can be changed. */
export function PeoplePanel(props: {
  readonly people: readonly Person[];
  readonly loading: boolean;
  readonly manages: boolean;
}) {
  const [open, setOpen] = useState<Open>(null);
  const late = useAfter(props.loading);
  const close = (): void => setOpen(null);
  return (
    <div className={classes.panel}>
      {props.manages && (
        <Button
          className={classes.add}
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          onClick={() => setOpen({ dialog: "add" })}
        >
          {t.add}
        </Button>
      )}
      {late && <Skeleton height={56} />}
      <ul className={classes.list} aria-label={t.tabs.people}>
        {props.people.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            manages={props.manages}
            onOpen={(dialog) => setOpen({ dialog, person })}
          />
        ))}
      </ul>
      {open?.dialog === "add" && <PersonDialog person={null} onClose={close} />}
      {open?.dialog === "edit" && <PersonDialog person={open.person} onClose={close} />}
      {open?.dialog === "reset" && <ResetDialog person={open.person} onClose={close} />}
    </div>
  );
}

function PersonRow(props: {
  readonly person: Person;
  readonly manages: boolean;
  onOpen(dialog: "edit" | "reset"): void;
}) {
  const { person } = props;
  const { person: me } = useSession();
  const seen = person.lastSeenAtMs === null ? t.neverSeen : formatWhen(person.lastSeenAtMs, Date.now());
  const quota = person.quotaBytes === null ? t.fields.quotaUnlimited : formatBytes(person.quotaBytes);
  return (
    <li className={classes.item}>
      <Avatar name={person.displayName} color="gray" radius="xl" size={36} aria-hidden="true" />
      <div className={classes.text}>
        <Text size="sm" fw={550} truncate>
          {person.displayName}
          {person.id === me?.id && (
            <Text span size="xs" c="dimmed" fw={400}>
              {" "}
              ({t.you})
            </Text>
          )}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {[person.name, ...person.groups].join(" · ")}
        </Text>
      </div>
      <div className={classes.roles}>
        {person.disabled && (
          <Badge
            color="gray"
            variant="outline"
            tt="none"
            fw={550}
            leftSection={<IconBan size={12} aria-hidden="true" />}
          >
            {t.disabled}
          </Badge>
        )}
        {person.roles.map((role) => (
          <Badge
            key={role}
            variant="light"
            color={role === "owner" ? "ember" : "gray"}
            tt="none"
            fw={550}
            title={t.roles[role].hint}
          >
            {t.roles[role].label}
          </Badge>
        ))}
      </div>
      <Text size="xs" c="dimmed" className={`${classes.fact} tabular`} title={t.columns.quota}>
        {quota}
      </Text>
      <Text
        size="xs"
        c="dimmed"
        className={`${classes.fact} tabular`}
        title={person.lastSeenAtMs === null ? undefined : `${t.columns.seen}: ${formatMoment(person.lastSeenAtMs)}`}
      >
        {seen}
      </Text>
      {props.manages && <PersonMenu person={person} own={person.id === me?.id} onOpen={props.onOpen} />}
    </li>
  );
}

function PersonMenu(props: { readonly person: Person; readonly own: boolean; onOpen(dialog: "edit" | "reset"): void }) {
  const { person } = props;
  const client = useQueryClient();
  const disable = useMutation({
    mutationFn: (disabled: boolean) => call("people.update", { id: person.id, disabled }),
    onSuccess: () => notifyDone(t.saved),
    onError: notifyError,
    onSettled: () => invalidate(client, "people.list"),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={44} aria-label={`${strings.common.more}: ${person.displayName}`}>
          <IconDots size={20} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden="true" />} onClick={() => props.onOpen("edit")}>
          {t.editAction}
        </Menu.Item>
        <Menu.Item leftSection={<IconKey size={16} aria-hidden="true" />} onClick={() => props.onOpen("reset")}>
          {t.resetPassword}
        </Menu.Item>
        {!props.own && (
          <Menu.Item
            leftSection={
              person.disabled ? (
                <IconUserCheck size={16} aria-hidden="true" />
              ) : (
                <IconBan size={16} aria-hidden="true" />
              )
            }
            onClick={() => disable.mutate(!person.disabled)}
          >
            {person.disabled ? t.enable : t.disable}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
