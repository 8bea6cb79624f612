import { ActionIcon, Button, Group, Menu, TextInput } from "@mantine/core";
import { IconDots, IconFingerprint, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Passkey } from "#contract/security/factors";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsRow } from "#web/ui/settings.tsx";

const t = strings.security.passkeys;
const iconPx = 16;

function factsOf(passkey: Passkey): readonly string[] {
  const now = Date.now();
  return [
    t.created(formatWhen(passkey.createdAtMs, now)),
    passkey.lastUsedAtMs === null ? t.neverUsed : t.used(formatWhen(passkey.lastUsedAtMs, now)),
    passkey.synced ? t.synced : t.bound,
    ...(passkey.host === location.hostname ? [] : [t.forHost(passkey.host)]),
  ];
}

export function PasskeyRow({ passkey, isLast }: { readonly passkey: Passkey; readonly isLast: boolean }) {
  const client = useQueryClient();
  const [isNaming, setIsNaming] = useState(false);
  const remove = useMutation({
    mutationFn: () => call("passkey.remove", { id: passkey.id }),
    onSuccess: () => notifyDone(t.removed(passkey.name)),
    onError: notifyError,
    onSettled: () => invalidate(client, "factors.status", "notices.list"),
  });
  return (
    <SettingsRow
      icon={IconFingerprint}
      name={passkey.name}
      facts={factsOf(passkey)}
      action={
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" loading={remove.isPending} aria-label={t.actions(passkey.name)}>
              <IconDots size={iconPx} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={iconPx} />} onClick={() => setIsNaming(true)}>
              {t.rename}
            </Menu.Item>
            <Menu.Item
              color="red"
              disabled={isLast}
              leftSection={<IconTrash size={iconPx} />}
              onClick={() => remove.mutate()}
            >
              {isLast ? t.lastNeeded : t.remove}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      }
    >
      {isNaming && <NameForm passkey={passkey} onClose={() => setIsNaming(false)} />}
    </SettingsRow>
  );
}

function NameForm({ passkey, onClose }: { readonly passkey: Passkey; onClose(): void }) {
  const client = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () => call("passkey.rename", { id: passkey.id, name: name.trim() }),
    onSuccess: async () => {
      await invalidate(client, "factors.status");
      notifyDone(t.renamed);
      onClose();
    },
  });
  return (
    <form
      style={{ flex: 1 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") rename.mutate();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Group gap="xs" wrap="nowrap">
        <TextInput
          aria-label={t.name}
          autoFocus
          maxLength={64}
          flex={1}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={rename.isPending}>
          {strings.common.save}
        </Button>
      </Group>
      <ErrorLine error={rename.error} />
    </form>
  );
}
