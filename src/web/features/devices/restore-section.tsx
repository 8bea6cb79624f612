import { Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment, notifyDone } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";

const t = strings.account.restore;

/** For whoever looks after the server: after files were put back from a backup by hand, the sync clients must be told. */
export function RestoreSection() {
  const { can } = useSession();
  const client = useQueryClient();
  const manages = can("server.manage");
  const state = useQuery({ ...query("sync.restoreState", {}), enabled: manages });
  const announce = useMutation({
    mutationFn: () => call("sync.announceRestore", {}),
    onSuccess: () => notifyDone(t.announced),
    onSettled: () => invalidate(client, "sync.restoreState"),
  });
  if (!manages) return null;
  const lastAtMs = state.data?.announcedAtMs ?? null;
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        <Button size="sm" variant="default" loading={announce.isPending} onClick={() => announce.mutate()}>
          {t.announce}
        </Button>
      }
    >
      <ErrorLine error={announce.error ?? state.error} />
      {state.data && (
        <Text size="sm" c="dimmed" className="tabular">
          {lastAtMs === null ? t.never : t.last(formatMoment(lastAtMs))}
        </Text>
      )}
    </SettingsSection>
  );
}
