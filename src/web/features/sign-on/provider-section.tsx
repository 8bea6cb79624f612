import { ActionIcon, Badge, Button, Menu, Skeleton, Text } from "@mantine/core";
import { IconDots, IconLogin2, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { signOn } from "#web/strings/signOn.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { CopyValues } from "./copy-values.tsx";
import { ProviderDrawer } from "./provider-drawer.tsx";

const t = signOn.providers;
export type Provider = Output<"loginProvider.list">["providers"][number];
type Task = { readonly kind: "add" } | { readonly kind: "edit" | "remove"; readonly provider: Provider };

/** Places where people have an account that logs them in here. */
export function ProviderSection({ callback }: { readonly callback: string }) {
  const list = useQuery(query("loginProvider.list", {}));
  const [task, setTask] = useState<Task | null>(null);
  const providers = list.data?.providers ?? [];
  const close = (): void => setTask(null);
  const taken = providers.map(({ id }) => id);
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        <Button variant="default" onClick={() => setTask({ kind: "add" })}>
          {t.add}
        </Button>
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data && providers.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {providers.map((provider) => (
          <SettingsRow
            key={provider.id}
            icon={IconLogin2}
            name={provider.name}
            mark={
              !provider.enabled && (
                <Badge variant="outline" color="gray" tt="none" fw={550}>
                  {t.off}
                </Badge>
              )
            }
            facts={[provider.issuer, t.linked(provider.linkedPeople), provider.createGuests ? t.guests : ""]}
            action={<ProviderMenu provider={provider} onTask={setTask} />}
          />
        ))}
      </SettingsList>
      {providers.length > 0 && <CopyValues values={[{ label: t.callback, value: callback }]} />}
      {task?.kind === "add" && <ProviderDrawer provider={null} taken={taken} callback={callback} onClose={close} />}
      {task?.kind === "edit" && (
        <ProviderDrawer provider={task.provider} taken={taken} callback={callback} onClose={close} />
      )}
      {task?.kind === "remove" && <RemoveDialog provider={task.provider} onClose={close} />}
    </SettingsSection>
  );
}

function ProviderMenu({ provider, onTask }: { readonly provider: Provider; onTask(task: Task): void }) {
  const icon = { size: 16, stroke: 1.5, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} aria-label={t.actionsOf(provider.name)}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onTask({ kind: "edit", provider })}>
          {t.edit}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash {...icon} />}
          onClick={() => onTask({ kind: "remove", provider })}
        >
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function RemoveDialog({ provider, onClose }: { readonly provider: Provider; onClose(): void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call("loginProvider.remove", { id: provider.id }),
    onSuccess: async () => {
      notifyDone(t.removed(provider.name));
      await invalidate(queries, "loginProvider.list", "loginProvider.options", "providerLink.list");
      onClose();
    },
  });
  return (
    <ConfirmName
      title={t.removeTitle(provider.name)}
      text={t.removeText}
      name={provider.name}
      action={t.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
