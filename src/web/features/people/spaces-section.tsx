import { Badge, Button, Text } from "@mantine/core";
import { IconFolders, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Space } from "#contract/apps/files/browse";
import type { Person } from "#contract/security/identity";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, formatBytes } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./people.module.css";
import { SpaceDialog } from "./space-dialog.tsx";

const t = strings.people.spaces;

/** Shared spaces that the caller sees, and their members. */
export function SpacesSection({ people, manages }: { readonly people: readonly Person[]; readonly manages: boolean }) {
  const { data, error, refetch } = useQuery(query("files.spaces", {}));
  const [open, setOpen] = useState<Space | "new" | null>(null);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const shared = data?.spaces.filter((space) => space.kind === "shared") ?? [];
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setOpen("new")}>
      {t.add}
    </Button>
  );
  return (
    <SettingsSection title={strings.people.tabs.spaces} hint={t.noneHint} action={manages && shared.length > 0 && add}>
      {data && shared.length === 0 && <EmptyState icon={IconFolders} title={t.none} action={manages && add} />}
      {shared.length > 0 && (
        <ul className={classes.list} aria-label={strings.people.tabs.spaces}>
          {shared.map((space) => (
            <li key={space.id} className={classes.item}>
              <IconFolders size={24} stroke={1.5} aria-hidden="true" className={classes.icon} />
              <div className={classes.text}>
                <Text size="sm" fw={550} truncate>
                  {space.name}
                </Text>
                <Text size="xs" c="dimmed" className="tabular">
                  {t.used(
                    formatBytes(space.usedBytes),
                    space.quotaBytes === null ? null : formatBytes(space.quotaBytes),
                  )}
                </Text>
              </div>
              {!space.volumeOnline && (
                <Badge color="red" variant="light" tt="none" fw={550}>
                  {t.offline}
                </Badge>
              )}
              <Button size="sm" variant="default" onClick={() => setOpen(space)} aria-label={t.membersOf(space.name)}>
                {t.members}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {open && <SpaceDialog space={open === "new" ? null : open} people={people} onClose={() => setOpen(null)} />}
    </SettingsSection>
  );
}
