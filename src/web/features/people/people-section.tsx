import { ActionIcon, Avatar, Badge, Button, Menu, Text } from "@mantine/core";
import {
  IconBan,
  IconDots,
  IconDeviceTv,
  IconKey,
  IconPencil,
  IconPlus,
  IconRoute,
  IconShieldX,
  IconUserCheck,
  type Icon,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { Person } from "#contract/security/identity";
import { call, invalidate, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { watchLimits } from "#web/strings/watch-limits.ts";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment, formatWhen, lazyPart, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import { FactorLine, type Factors } from "./factor-line.tsx";
import { factorsInWords } from "./factors-in-words.ts";
import classes from "./people.module.css";
import { PersonDialog } from "./person-dialog.tsx";
import { ResetDialog } from "./reset-dialog.tsx";

const ReachDialog = lazyPart(async () => (await import("./reach-dialog.tsx")).ReachDialog);
const LimitsDialog = lazyPart(async () => (await import("#web/features/watch-limits/limits-dialog.tsx")).LimitsDialog);
const LostFactorsDialog = lazyPart(
  async () => (await import("#web/features/factors/lost-factors-dialog.tsx")).LostFactorsDialog,
);

const t = strings.people;

interface MenuEntry {
  readonly dialog: DialogName;
  readonly label: string;
  readonly icon: Icon;
}

type DialogName = "edit" | "reset" | "reach" | "factors" | "watch";
type Open = { readonly dialog: "add" } | { readonly dialog: DialogName; readonly person: Person } | null;

/** Everybody with an account: role, what protects it, when last seen, and what can be changed. */
export function PeopleSection(props: { readonly people: readonly Person[]; readonly manages: boolean }) {
  const { people, manages } = props;
  const [open, setOpen] = useState<Open>(null);
  const overview = useQuery({ ...query("factors.overview", {}), enabled: manages });
  const close = (): void => setOpen(null);
  return (
    <SettingsSection
      title={t.accounts}
      hint={t.accountsHint}
      action={
        manages && (
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setOpen({ dialog: "add" })}>
            {t.add}
          </Button>
        )
      }
    >
      <ul className={classes.list} aria-label={t.tabs.people}>
        {people.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            manages={manages}
            factors={overview.data?.people.find(({ personId }) => personId === person.id)}
            onOpen={(dialog) => setOpen({ dialog, person })}
          />
        ))}
      </ul>
      {open?.dialog === "add" && <PersonDialog person={null} onClose={close} />}
      {open?.dialog === "edit" && <PersonDialog person={open.person} onClose={close} />}
      {open?.dialog === "reset" && <ResetDialog person={open.person} onClose={close} />}
      <Suspense>
        {open?.dialog === "reach" && <ReachDialog person={open.person} onClose={close} />}
        {open?.dialog === "watch" && <LimitsDialog person={open.person} onClose={close} />}
        {open?.dialog === "factors" && <LostFactorsDialog person={open.person} onClose={close} />}
      </Suspense>
    </SettingsSection>
  );
}

function PersonRow(props: {
  readonly person: Person;
  readonly manages: boolean;
  readonly factors: Factors | undefined;
  onOpen(dialog: DialogName): void;
}) {
  const { person, manages, factors } = props;
  const { person: me } = useSession();
  const own = person.id === me?.id;
  const seen = person.lastSeenAtMs === null ? t.neverSeen : t.lastSeen(formatWhen(person.lastSeenAtMs, Date.now()));
  const quota = person.quotaBytes !== null && t.quotaOf(formatBytes(person.quotaBytes));
  return (
    <li className={classes.item}>
      <Avatar name={person.displayName} color="gray" radius="xl" size={36} aria-hidden="true" />
      <div className={classes.text}>
        <Text size="sm" fw={550} truncate>
          {person.displayName}
          {own && (
            <Text span size="xs" c="dimmed" fw={400}>
              {" "}
              ({t.you})
            </Text>
          )}
        </Text>
        <Text
          size="xs"
          c="dimmed"
          className="tabular"
          title={person.lastSeenAtMs === null ? undefined : formatMoment(person.lastSeenAtMs)}
        >
          {[person.name, ...person.groups, seen, quota].filter(Boolean).join(" · ")}
        </Text>
        {manages && <div className={classes.factors}>{factors && <FactorLine factors={factors} />}</div>}
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
      {(manages || own) && (
        <PersonMenu
          person={person}
          own={own}
          manages={manages}
          hasFactors={factors !== undefined && factorsInWords(factors) !== null}
          onOpen={props.onOpen}
        />
      )}
    </li>
  );
}

function PersonMenu(props: {
  readonly person: Person;
  readonly own: boolean;
  readonly manages: boolean;
  readonly hasFactors: boolean;
  onOpen(dialog: DialogName): void;
}) {
  const { person, manages, own } = props;
  const entries: readonly (MenuEntry | false)[] = [
    { dialog: "reach", label: t.reach.action, icon: IconRoute },
    manages && { dialog: "edit", label: t.editAction, icon: IconPencil },
    manages && { dialog: "watch", label: watchLimits.menu, icon: IconDeviceTv },
    manages && { dialog: "reset", label: t.resetPassword, icon: IconKey },
    manages && !own && props.hasFactors && { dialog: "factors", label: t.factors.lost, icon: IconShieldX },
  ];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={44} aria-label={`${strings.common.more}: ${person.displayName}`}>
          <IconDots size={20} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map(
          (entry) =>
            entry && (
              <Menu.Item
                key={entry.dialog}
                leftSection={<entry.icon size={16} aria-hidden="true" />}
                onClick={() => props.onOpen(entry.dialog)}
              >
                {entry.label}
              </Menu.Item>
            ),
        )}
        {manages && !own && <DisableItem person={person} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function DisableItem({ person }: { readonly person: Person }) {
  const client = useQueryClient();
  const disable = useMutation({
    mutationFn: (disabled: boolean) => call("people.update", { id: person.id, disabled }),
    onSuccess: () => notifyDone(t.saved),
    onError: notifyError,
    onSettled: () => invalidate(client, "people.list"),
  });
  const Shape = person.disabled ? IconUserCheck : IconBan;
  return (
    <Menu.Item leftSection={<Shape size={16} aria-hidden="true" />} onClick={() => disable.mutate(!person.disabled)}>
      {person.disabled ? t.enable : t.disable}
    </Menu.Item>
  );
}
