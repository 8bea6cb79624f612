import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, query } from "#web/client.ts";
import { imports as t } from "#web/strings/imports.ts";
import { ErrorLine, ErrorState } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import { FoundHousehold, type Order } from "./found-household.tsx";
import { RunState } from "./run-state.tsx";

const refetchMs = 1_000;

/** `/people/import`: what a Nextcloud on this machine holds, and bringing it over. */
export function ImportsPage() {
  const list = useQuery({
    ...query("imports.list", {}),
    refetchInterval: ({ state }) => (state.data?.imports.some((run) => run.state === "running") ? refetchMs : false),
  });
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const [latest, ...earlier] = list.data?.imports ?? [];
  const isRunning = latest?.state === "running";
  return (
    <>
      {latest && (
        <SettingsSection title={isRunning ? t.running(latest.folder) : t.earlier}>
          {[latest, ...(isRunning ? [] : earlier)].map((run) => (
            <RunState key={run.id} run={run} />
          ))}
        </SettingsSection>
      )}
      {list.data && !isRunning && <NewImport />}
    </>
  );
}

function NewImport() {
  const client = useQueryClient();
  const [folder, setFolder] = useState("");
  const [dataFolder, setDataFolder] = useState("");
  const place = { folder: folder.trim(), ...(dataFolder.trim() !== "" && { dataFolder: dataFolder.trim() }) };
  const look = useMutation({ mutationFn: () => call("imports.inspect", place) });
  const start = useMutation({
    mutationFn: (order: Order) => call("imports.start", { ...place, ...order }),
    onSuccess: async () => {
      look.reset();
      await invalidate(client, "imports.list");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    look.mutate();
  };
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t.folder}
            description={t.folderHint}
            placeholder="/var/www/nextcloud"
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
          />
          <TextInput
            label={t.dataFolder}
            description={t.dataFolderHint}
            value={dataFolder}
            onChange={(event) => setDataFolder(event.currentTarget.value)}
          />
          <ErrorLine error={look.error} />
          <div>
            <Button type="submit" variant="default" loading={look.isPending} disabled={folder.trim() === ""}>
              {t.look}
            </Button>
          </div>
        </Stack>
      </form>
      {look.data && (
        <FoundHousehold
          found={look.data}
          isBusy={start.isPending}
          error={start.error}
          onStart={(order) => start.mutate(order)}
        />
      )}
    </SettingsSection>
  );
}
