import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query, type Output } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { ErrorState, formatBytes, Page, Section, Status, useAfter } from "#web/ui/index.ts";
import classes from "./usage.module.css";

const t = strings.rooms.usage;
type SpaceUsage = Output<"files.usage">["spaces"][number];
type Volume = Output<"files.usage">["volumes"][number];

/** What is stored, by place and kind; and the disks for those who look after the server. */
export function UsagePage() {
  const usage = useQuery(query("files.usage", {}));
  const late = useAfter(usage.isPending);
  return (
    <Page>
      <FrameTitle title={t.title} />
      {usage.error && !usage.data && <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.isPending && late && <Skeleton height={240} animate={false} radius="md" />}
      {usage.data?.spaces.map((entry) => (
        <SpaceSection key={entry.space.id} entry={entry} />
      ))}
      {usage.data && usage.data.volumes.length > 0 && (
        <Section title={t.volumes}>
          {usage.data.volumes.map((volume) => (
            <VolumeLine key={volume.name} volume={volume} />
          ))}
        </Section>
      )}
    </Page>
  );
}

function SpaceSection({ entry }: { readonly entry: SpaceUsage }) {
  const { space, byKind, trashBytes, versionBytes } = entry;
  const name = space.kind === "home" ? strings.rooms.home.myFiles : space.name;
  const parts = [
    ...byKind
      .filter((part) => part.sizeBytes > 0)
      .map((part) => ({ key: part.kind, label: t.kinds[part.kind], ...part })),
    ...(trashBytes > 0 ? [{ key: "trash", label: t.trash, sizeBytes: trashBytes, count: null }] : []),
    ...(versionBytes > 0 ? [{ key: "versions", label: t.versions, sizeBytes: versionBytes, count: null }] : []),
  ].toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const total = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const whole = Math.max(space.quotaBytes ?? 0, total);
  const used = formatBytes(space.usedBytes);
  return (
    <Section
      title={name}
      action={
        <Anchor
          size="sm"
          className={classes.number}
          renderRoot={(root) => <Link {...root} to="/files/$folderId" params={{ folderId: String(space.rootId) }} />}
        >
          {space.quotaBytes === null
            ? strings.rooms.home.used(used)
            : strings.rooms.home.usedOf(used, formatBytes(space.quotaBytes))}
        </Anchor>
      }
    >
      {total === 0 ? (
        <Text c="dimmed">{t.empty}</Text>
      ) : (
        <>
          <div className={classes.bar} role="img" aria-label={t.bar(name)}>
            {parts.map((part) => (
              <span key={part.key} data-kind={part.key} style={{ width: `${(part.sizeBytes / whole) * 100}%` }} />
            ))}
          </div>
          <Table verticalSpacing="xs" horizontalSpacing={0}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.kind}</Table.Th>
                <Table.Th ta="right">{t.count}</Table.Th>
                <Table.Th ta="right">{t.size}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {parts.map((part) => (
                <Table.Tr key={part.key}>
                  <Table.Td>
                    <span className={classes.dot} data-kind={part.key} /> {part.label}
                  </Table.Td>
                  <Table.Td ta="right" className={classes.number}>
                    {part.count === null ? "" : part.count.toLocaleString("en")}
                  </Table.Td>
                  <Table.Td ta="right" className={classes.number}>
                    {formatBytes(part.sizeBytes)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
    </Section>
  );
}

function VolumeLine({ volume }: { readonly volume: Volume }) {
  const usedShare = volume.sizeBytes > 0 ? 1 - volume.freeBytes / volume.sizeBytes : 0;
  return (
    <div className={classes.volume}>
      <div className={classes.volumeHead}>
        <Text fw={550}>{volume.name}</Text>
        <Status level={volume.online ? "good" : "now"}>{volume.online ? t.online : t.offline}</Status>
      </div>
      {volume.online && (
        <>
          <div className={classes.bar} aria-hidden="true">
            <span data-kind="used" style={{ width: `${usedShare * 100}%` }} />
          </div>
          <Text size="xs" c="dimmed" className={classes.number}>
            {t.free(formatBytes(volume.freeBytes), formatBytes(volume.sizeBytes))}
          </Text>
        </>
      )}
    </div>
  );
}
