import { Table, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconBan, IconCheck, IconChevronRight, IconX } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import { strings } from "#web/strings.ts";
import { formatMoment, formatWhen } from "#web/ui/index.ts";
import classes from "./audit.module.css";
import type { AuditEntry } from "./filter.ts";

const t = strings.audit;
const outcomeIcons = { allowed: IconCheck, refused: IconBan, failed: IconX } as const;

function whoOf({ who }: AuditEntry): string {
  if (who.kind === "system") return t.server;
  return who.name || t.nobody;
}

/** Entries in a table; on a phone place and outcome stand below the act. A click shows all that is known of one. */
export function EntryList({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const nowMs = Date.now();
  return (
    <Table className={classes.table} verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className={classes.when}>{t.columns.when}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.who}`}>{t.columns.who}</Table.Th>
          <Table.Th>{t.columns.what}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.where}`}>{t.columns.where}</Table.Th>
          <Table.Th className={classes.outcome}>{t.columns.outcome}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Fragment key={entry.seq}>
            <Row
              entry={entry}
              nowMs={nowMs}
              isOpen={open === entry.seq}
              onToggle={() => setOpen(open === entry.seq ? null : entry.seq)}
            />
            {open === entry.seq && <Details entry={entry} />}
          </Fragment>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row(props: {
  readonly entry: AuditEntry;
  readonly nowMs: number;
  readonly isOpen: boolean;
  onToggle(): void;
}) {
  const { entry } = props;
  const Shape = outcomeIcons[entry.outcome];
  return (
    <Table.Tr data-outcome={entry.outcome}>
      <Table.Td className="tabular" title={formatMoment(entry.atMs)}>
        {formatWhen(entry.atMs, props.nowMs)}
      </Table.Td>
      <Table.Td className={`${classes.wide} ${classes.clip}`}>{whoOf(entry)}</Table.Td>
      <Table.Td>
        <UnstyledButton className={classes.act} aria-expanded={props.isOpen} onClick={props.onToggle}>
          <IconChevronRight size={16} stroke={1.5} aria-hidden="true" className={classes.chevron} />
          <span className={classes.actText}>
            <Text size="sm" truncate>
              {entry.operation}
              {entry.count > 1 && ` · ${t.times(entry.count)}`}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              <span className={classes.narrow}>{whoOf(entry)} </span>
              {entry.resources.join(", ") || entry.detail}
            </Text>
          </span>
        </UnstyledButton>
      </Table.Td>
      <Table.Td className={`${classes.wide} ${classes.clip} tabular`}>{entry.address}</Table.Td>
      <Table.Td>
        <span className={classes.mark} data-outcome={entry.outcome}>
          <Shape size={16} stroke={1.75} aria-hidden="true" />
          {t.outcomes[entry.outcome]}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

function Details({ entry }: { readonly entry: AuditEntry }) {
  // A cell over more columns than are shown would make room for the hidden ones.
  const columns = useMediaQuery("(max-width: 767px)") === true ? 3 : 5;
  const facts: readonly (readonly [string, string])[] = [
    [t.columns.when, formatMoment(entry.atMs)],
    [t.facts.first, entry.count > 1 ? formatMoment(entry.firstAtMs) : ""],
    [t.columns.where, entry.address],
    [t.facts.via, entry.via],
    [t.facts.factors, entry.factors.join(", ")],
    [t.facts.resources, entry.resources.join("\n")],
    [t.facts.detail, entry.detail],
    [t.facts.userAgent, entry.userAgent],
    [t.facts.credential, entry.credentialId ?? ""],
    [t.facts.requestId, entry.requestId],
    [t.facts.hash, entry.hash],
  ];
  return (
    <Table.Tr>
      <Table.Td colSpan={columns}>
        <dl className={classes.facts} aria-label={t.details(entry.seq)}>
          {facts.map(([name, value]) =>
            value === "" ? null : (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
          )}
        </dl>
      </Table.Td>
    </Table.Tr>
  );
}
