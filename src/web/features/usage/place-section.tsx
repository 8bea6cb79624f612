import { Anchor, Button, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { PlaceUsage } from "#contract/apps/files/usage";
import { useSession } from "#web/frame/session.ts";
import { usage as t } from "#web/strings/usage.ts";
import { formatBytes, Section, Status } from "#web/ui/index.ts";
import { Fold } from "#web/ui/fold.tsx";
import { FillLine } from "./fill-line.tsx";
import { HistoryLine } from "./history-line.tsx";
import { LargestFiles } from "./largest-files.tsx";
import { LimitDialog } from "./limit-dialog.tsx";
import { partsOf, type Part } from "./place-parts.ts";
import classes from "./usage.module.css";

interface Props {
  readonly place: PlaceUsage;
  readonly name: string;
  /** Bytes that fill the whole bar. */
  readonly wholeBytes: number;
  /** Opened at once, or folded in a list of many. */
  readonly isOpen: boolean;
}

/** One place: how full, of what, since when, and the way to what makes room. */
export function PlaceSection({ place, name, wholeBytes, isOpen }: Props) {
  const { can } = useSession();
  const [isLimiting, setLimiting] = useState(false);
  const parts = partsOf(place);
  const used = formatBytes(place.usedBytes + place.trashBytes);
  const details = <Details place={place} name={name} parts={parts} />;
  return (
    <Section
      title={name}
      action={
        can("people.manage") && (
          <Button size="compact-sm" variant="default" aria-label={t.setLimitOf(name)} onClick={() => setLimiting(true)}>
            {t.setLimit}
          </Button>
        )
      }
    >
      <div className={classes.head}>
        <UsedLink place={place}>
          {place.quotaBytes === null ? t.used(used) : t.usedOf(used, formatBytes(place.quotaBytes))}
        </UsedLink>
        {!place.online && <Status level="now">{t.offline}</Status>}
      </div>
      <div className={classes.bar} role="img" aria-label={t.bar(name)}>
        {parts.map((part) => (
          <span key={part.key} data-kind={part.key} style={{ width: `${(part.sizeBytes / wholeBytes) * 100}%` }} />
        ))}
      </div>
      <FillLine fill={place.fill} isLimited={place.quotaBytes !== null} />
      {isOpen || parts.length === 0 ? details : <Fold label={t.details}>{details}</Fold>}
      {isLimiting && <LimitDialog place={place} onClose={() => setLimiting(false)} />}
    </Section>
  );
}

function UsedLink({ place, children }: { readonly place: PlaceUsage; readonly children: ReactNode }) {
  const { rootId } = place;
  if (rootId === null)
    return (
      <Text size="sm" className="tabular">
        {children}
      </Text>
    );
  return (
    <Anchor
      size="sm"
      className="tabular"
      renderRoot={(root) => <Link {...root} to="/files/$folderId" params={{ folderId: String(rootId) }} />}
    >
      {children}
    </Anchor>
  );
}

function Details(props: { readonly place: PlaceUsage; readonly name: string; readonly parts: readonly Part[] }) {
  const { place, name, parts } = props;
  if (parts.length === 0) return <Text c="dimmed">{t.empty}</Text>;
  return (
    <div className={classes.details}>
      <HistoryLine name={name} history={place.fill.history} />
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
              <Table.Td ta="right" className="tabular">
                {part.count === null ? "" : part.count.toLocaleString("en")}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {formatBytes(part.sizeBytes)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {place.rootId !== null && (
        <Fold label={t.largest}>
          <LargestFiles spaceId={place.spaceId} />
        </Fold>
      )}
    </div>
  );
}
