import { ActionIcon, Button, Skeleton, Text } from "@mantine/core";
import { IconArrowBackUp, IconDownload, IconFileDiff } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { urls } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, fileKind, formatBytes, formatMoment, lazyPart, useAfter } from "#web/ui/index.ts";
import { useVersions, type Version } from "./use-versions.ts";
import classes from "./versions.module.css";

const CompareDialog = lazyPart(async () => (await import("./compare-dialog.tsx")).CompareDialog);

const t = strings.versions;
/** More come when they are asked for, so that the panel does not grow while one looks at it. */
const firstShown = 3;

/** The versions part of the details: what the file held before, and the way back to it. */
export function VersionsPanel({ node }: { readonly node: Node }) {
  const { list, restore } = useVersions(node);
  const { data, error, isPending } = list;
  const [all, setAll] = useState(false);
  const [compared, setCompared] = useState<Version | null>(null);
  const late = useAfter(isPending);
  const versions = data?.versions ?? [];
  const shown = all ? versions : versions.slice(0, firstShown);
  return (
    <section className={classes.panel} aria-label={t.title} aria-busy={isPending}>
      <div className={classes.head}>
        <h3 className={classes.title}>{t.title}</h3>
        {data && versions.length > 0 && (
          <Text size="xs" c="dimmed" className="tabular">
            {t.total(formatBytes(data.sizeBytes))}
          </Text>
        )}
      </div>
      {late && <Skeleton height={48} animate={false} />}
      <ErrorLine error={error} />
      {data && versions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      {shown.length > 0 && (
        <ul className={classes.list}>
          {shown.map((version) => (
            <Row
              key={version.number}
              node={node}
              version={version}
              busy={restore.isPending}
              onRestore={data?.canWrite ? () => restore.mutate(version) : undefined}
              onCompare={isText(node) ? () => setCompared(version) : undefined}
            />
          ))}
        </ul>
      )}
      {shown.length < versions.length && (
        <Button variant="default" className={classes.more} onClick={() => setAll(true)}>
          {t.all(versions.length)}
        </Button>
      )}
      {compared && (
        <Suspense>
          <CompareDialog node={node} version={compared} onClose={() => setCompared(null)} />
        </Suspense>
      )}
    </section>
  );
}

function Row(props: {
  readonly node: Node;
  readonly version: Version;
  readonly busy: boolean;
  readonly onRestore: (() => void) | undefined;
  readonly onCompare: (() => void) | undefined;
}) {
  const { node, version } = props;
  const when = formatMoment(version.modifiedAtMs);
  return (
    <li className={classes.row}>
      <div className={classes.text}>
        <Text size="sm" className="tabular">
          {when}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {version.author ?? t.unknownAuthor} · {formatBytes(version.sizeBytes)}
        </Text>
      </div>
      {props.onCompare && (
        <ActionIcon aria-label={t.compare(when)} title={t.compare(when)} onClick={props.onCompare}>
          <IconFileDiff size={18} />
        </ActionIcon>
      )}
      <ActionIcon
        component="a"
        href={`${urls.version(node.id, version.number)}?download=1`}
        download
        aria-label={t.download(when)}
        title={t.download(when)}
      >
        <IconDownload size={18} />
      </ActionIcon>
      {props.onRestore && (
        <ActionIcon
          aria-label={t.restore(when)}
          title={t.restore(when)}
          disabled={props.busy}
          onClick={props.onRestore}
        >
          <IconArrowBackUp size={18} />
        </ActionIcon>
      )}
    </li>
  );
}

function isText(node: Node): boolean {
  const kind = fileKind(node);
  return kind === "text" || kind === "code" || node.mime.startsWith("text/");
}
