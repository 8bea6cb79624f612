import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AppPassword } from "#contract/security/sessions";
import { query } from "#web/client.ts";
import { AppRow, WipeDialog, WipeList } from "#web/features/devices/index.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { SettingsList, SettingsSection } from "#web/ui/settings.tsx";
import { NewAppPassword } from "./new-app-password.tsx";
import { NewMusicPassword } from "./new-music-password.tsx";

const t = strings.account.apps;

export function AppPasswords() {
  const list = useQuery(query("appPassword.list", {}));
  const [adding, setAdding] = useState<"files" | "music" | null>(null);
  const [wiping, setWiping] = useState<AppPassword | null>(null);
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        <>
          <Button size="sm" variant="default" onClick={() => setAdding("music")}>
            {t.music.add}
          </Button>
          <Button size="sm" variant="default" onClick={() => setAdding("files")}>
            {t.add}
          </Button>
        </>
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data?.appPasswords.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {list.data?.appPasswords.map((known) => (
          <AppRow key={known.id} known={known} onWipe={() => setWiping(known)} />
        ))}
      </SettingsList>
      <WipeList />
      {adding === "files" && <NewAppPassword onClose={() => setAdding(null)} />}
      {adding === "music" && <NewMusicPassword onClose={() => setAdding(null)} />}
      {wiping && <WipeDialog known={wiping} onClose={() => setWiping(null)} />}
    </SettingsSection>
  );
}
