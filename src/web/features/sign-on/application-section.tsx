import { ActionIcon, Badge, Button, Menu, Skeleton, Text } from "@mantine/core";
import { IconApps, IconDots, IconKey, IconPencil, IconTrash, IconListDetails } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { signOn } from "#web/strings/signOn.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { ErrorLine, formatWhen, notifyDone } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { ApplicationDrawer } from "./application-drawer.tsx";
import { SecretDialog, ValuesDialog } from "./values-dialog.tsx";

const t = signOn.applications;
export type Application = Output<"oidcClient.list">["clients"][number];
type Task =
  | { readonly kind: "edit" | "values" | "secret" | "remove"; readonly client: Application }
  | { readonly kind: "add" };

function factsOf({ kind, audience, requireTwoFactors, lastUsedAtMs }: Application): readonly string[] {
  const who = audience.everyone ? t.everyone : t.some(audience.groupIds.length, audience.personIds.length);
  return [
    t.who(who),
    t.kinds[kind],
    requireTwoFactors ? t.twoFactors : "",
    lastUsedAtMs === null ? t.neverUsed : t.used(formatWhen(lastUsedAtMs, Date.now())),
  ];
}

/** Services that log people in with their account here. */
export function ApplicationSection({ issuer }: { readonly issuer: string }) {
  const list = useQuery(query("oidcClient.list", {}));
  const [task, setTask] = useState<Task | null>(null);
  const clients = list.data?.clients ?? [];
  const close = (): void => setTask(null);
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={<Button onClick={() => setTask({ kind: "add" })}>{t.add}</Button>}
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data && clients.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {clients.map((client) => (
          <SettingsRow
            key={client.id}
            icon={IconApps}
            name={client.name}
            mark={
              client.plainHttp && (
                <Badge variant="outline" color="gray" tt="none" fw={550} title={t.plainHttpHint}>
                  {t.plainHttp}
                </Badge>
              )
            }
            facts={factsOf(client)}
            action={<ApplicationMenu client={client} onTask={setTask} />}
          />
        ))}
      </SettingsList>
      {task?.kind === "add" && <ApplicationDrawer client={null} issuer={issuer} onClose={close} />}
      {task?.kind === "edit" && <ApplicationDrawer client={task.client} issuer={issuer} onClose={close} />}
      {task?.kind === "values" && <ValuesDialog client={task.client} issuer={issuer} secret={null} onClose={close} />}
      {task?.kind === "secret" && <SecretDialog client={task.client} issuer={issuer} onClose={close} />}
      {task?.kind === "remove" && <RemoveDialog client={task.client} onClose={close} />}
    </SettingsSection>
  );
}

function ApplicationMenu({ client, onTask }: { readonly client: Application; onTask(task: Task): void }) {
  const icon = { size: 16, stroke: 1.5, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} aria-label={t.actionsOf(client.name)}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onTask({ kind: "edit", client })}>
          {t.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconListDetails {...icon} />} onClick={() => onTask({ kind: "values", client })}>
          {t.values}
        </Menu.Item>
        {client.kind === "confidential" && (
          <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => onTask({ kind: "secret", client })}>
            {t.renewSecret}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={() => onTask({ kind: "remove", client })}>
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function RemoveDialog({ client, onClose }: { readonly client: Application; onClose(): void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call("oidcClient.remove", { id: client.id }),
    onSuccess: async () => {
      notifyDone(t.removed(client.name));
      await invalidate(queries, "oidcClient.list");
      onClose();
    },
  });
  return (
    <ConfirmName
      title={t.removeTitle(client.name)}
      text={t.removeText}
      name={client.name}
      action={t.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
