import { Switch } from "@mantine/core";
import { IconFishHook } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query } from "#web/client.ts";
import { ransomware } from "#web/strings/ransomware.ts";
import { notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";

const t = ransomware.decoys;

/** Where decoys lie, for the spaces one manages. */
export function DecoySection() {
  const client = useQueryClient();
  const list = useQuery(query("ransomware.canaries", {}));
  const set = useMutation({
    mutationFn: (input: { spaceId: number; enabled: boolean }) => call("ransomware.setCanaries", input),
    onError: notifyError,
    onSettled: () => invalidate(client, "ransomware.canaries"),
  });
  if (!list.data || list.data.spaces.length === 0) return null;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <SettingsList>
        {list.data.spaces.map(({ spaceId, spaceName, enabled, files }) => (
          <SettingsRow
            key={spaceId}
            icon={IconFishHook}
            name={spaceName}
            facts={[enabled ? t.count(files) : t.off]}
            action={
              <Switch
                aria-label={t.on(spaceName)}
                checked={enabled}
                disabled={set.isPending}
                onChange={(event) => set.mutate({ spaceId, enabled: event.currentTarget.checked })}
              />
            }
          />
        ))}
      </SettingsList>
    </SettingsSection>
  );
}
