import { Button, Text } from "@mantine/core";
import { IconBan } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AccessEntry } from "#contract/security/access";
import { strings } from "#web/strings.ts";
import { formatDay, formatMoment } from "#web/ui/index.ts";
import classes from "./access.module.css";
import { SubjectIcon } from "./subject-icon.tsx";
import { nameOf } from "./use-access.ts";
import { entryInWords } from "./words.ts";

const t = strings.access;

function Row(props: { readonly entry: AccessEntry; readonly more?: ReactNode; readonly children?: ReactNode }) {
  const { entry } = props;
  const name = nameOf(entry);
  return (
    <li className={classes.row}>
      <SubjectIcon kind={entry.subject.kind} name={name} />
      <div className={classes.text}>
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <Text
          size="xs"
          c="dimmed"
          className="tabular"
          title={entry.expiresAtMs === null ? undefined : t.until(formatMoment(entry.expiresAtMs))}
        >
          {entry.effect === "deny" && <IconBan size={12} aria-hidden="true" className={classes.deny} />}
          {[entryInWords(entry), entry.expiresAtMs !== null && t.until(formatDay(entry.expiresAtMs))]
            .filter(Boolean)
            .join(" · ")}
          {props.more && <span className={props.children ? classes.detail : undefined}> · {props.more}</span>}
        </Text>
      </div>
      {props.children}
    </li>
  );
}

/** A rule on the file or folder itself, and what the caller may do about it. */
export function EntryRow(props: {
  readonly entry: AccessEntry;
  /** The entry is about who looks at it. */
  readonly own: boolean;
  readonly canChange: boolean;
  readonly busy: boolean;
  onChange(): void;
  onRemove(): void;
}) {
  const { entry, own } = props;
  const name = nameOf(entry);
  return (
    <Row entry={entry} more={entry.createdByName && t.by(entry.createdByName)}>
      {props.canChange && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-label={t.changeOf(name)}
          onClick={props.onChange}
          disabled={props.busy}
        >
          {t.change}
        </Button>
      )}
      {entry.canRemove && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={own ? t.leave : t.removeOf(name)}
          onClick={props.onRemove}
          disabled={props.busy}
        >
          {own ? t.leave : t.remove}
        </Button>
      )}
    </Row>
  );
}

/** A rule on a folder above: it is changed there. */
export function InheritedRow(props: { readonly entry: AccessEntry; onLeave(): void }) {
  const { resource, resourceName } = props.entry;
  const place =
    resource.kind === "node" && resourceName !== "" ? (
      <Link
        to="/files/$folderId"
        params={{ folderId: String(resource.id) }}
        search={{ panel: "details" }}
        className={classes.link}
        onClick={props.onLeave}
      >
        {t.from(resourceName)}
      </Link>
    ) : (
      t.fromHidden
    );
  return <Row entry={props.entry} more={place} />;
}
