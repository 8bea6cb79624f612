import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import { IconDeviceMobileX, IconDots, IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AppPassword } from "#contract/security/sessions";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsRow } from "#web/ui/settings.tsx";
import { appIcons } from "./app-icons.ts";
import { FrozenMark } from "./frozen-mark.tsx";

const t = strings.account.apps;

/** One app password: what uses it, what it may do, and how to end it. */
export function AppRow({ known, onWipe }: { readonly known: AppPassword; onWipe(): void }) {
  const client = useQueryClient();
  const settle = () => invalidate(client, "appPassword.list");
  const revoke = useMutation({
    mutationFn: () => call("appPassword.revoke", { id: known.id }),
    onSuccess: () => notifyDone(t.revoked(known.label)),
    onError: notifyError,
    onSettled: settle,
  });
  const share = useMutation({
    mutationFn: (scope: AppPassword["scope"]) => call("appPassword.setScope", { id: known.id, scope }),
    onSuccess: ({ appPassword }) =>
      notifyDone(appPassword.scope === "files:share" ? t.sharing(known.label) : t.notSharing(known.label)),
    onError: notifyError,
    onSettled: settle,
  });
  const isSharing = known.scope === "files:share";
  return (
    <SettingsRow
      icon={appIcons[known.client]}
      name={known.label}
      mark={known.isFrozen && <FrozenMark label={known.label} />}
      facts={[known.isFrozen ? t.frozenHint : "", t.clients[known.client], t.scopes[known.scope], usedOf(known)]}
      action={
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
            aria-label={t.revokeLabel(known.label)}
          >
            {t.revoke}
          </Button>
          <Menu position="bottom-end" withinPortal={false}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t.more(known.label)} loading={share.isPending}>
                <IconDots size={18} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {known.scope !== "files:read" && (
                <Menu.Item
                  leftSection={
                    isSharing ? (
                      <IconUserMinus size={16} aria-hidden="true" />
                    ) : (
                      <IconUserPlus size={16} aria-hidden="true" />
                    )
                  }
                  onClick={() => share.mutate(isSharing ? "files" : "files:share")}
                >
                  {isSharing ? t.stopSharing : t.startSharing}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconDeviceMobileX size={16} aria-hidden="true" />} onClick={onWipe}>
                {t.wipe.menu}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      }
    />
  );
}

function usedOf({ lastUsedAtMs, lastAddress }: AppPassword): string {
  return lastUsedAtMs === null ? t.neverUsed : t.lastUsed(formatWhen(lastUsedAtMs, Date.now()), lastAddress);
}
