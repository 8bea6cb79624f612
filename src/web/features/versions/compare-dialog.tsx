import { Button, Modal, Skeleton, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { problemOf, urls } from "#web/client.ts";
import { decodeText } from "#web/features/preview/index.ts";
import { strings } from "#web/strings.ts";
import { ErrorState, formatBytes, formatMoment, useAfter } from "#web/ui/index.ts";
import { diffLines, type DiffLine, type Gap, linesOf, withGaps } from "./diff.ts";
import type { Version } from "./use-versions.ts";
import classes from "./versions.module.css";

const t = strings.versions;
/** The part of each text that is compared. */
const limitBytes = 1024 * 1024;
const rowsEach = 1000;

interface Props {
  readonly node: Node;
  readonly version: Version;
  onClose(): void;
}

/** What changed between a version and the current content, line by line. */
export function CompareDialog({ node, version, onClose }: Props) {
  const isPhone = useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.compareTitle(node.name)}
      size={900}
      fullScreen={isPhone}
      closeButtonProps={{ "aria-label": strings.common.close }}
      styles={{ title: { overflowWrap: "anywhere", fontWeight: 550 } }}
    >
      <Text size="sm" c="dimmed">
        {t.legend(formatMoment(version.modifiedAtMs))}
      </Text>
      <Comparison node={node} version={version} />
    </Modal>
  );
}

function Comparison({ node, version }: Omit<Props, "onClose">) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["versions.text", node.id, version.number, node.etag],
    gcTime: 60_000,
    queryFn: async ({ signal }) =>
      Promise.all([
        readText(urls.version(node.id, version.number), version.sizeBytes, signal),
        readText(urls.content(node.id), node.sizeBytes, signal),
      ]),
  });
  const late = useAfter(isPending);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return late && <Skeleton height={240} animate={false} />;
  const [before, after] = data;
  if (before === null || after === null) return <Text mt="md">{t.binary}</Text>;
  return (
    <>
      {Math.max(version.sizeBytes, node.sizeBytes) > limitBytes && (
        <Text size="sm" c="dimmed">
          {t.cut(formatBytes(limitBytes))}
        </Text>
      )}
      <Changes before={before} after={after} />
    </>
  );
}

function Changes({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = useMemo(() => diffLines(linesOf(before), linesOf(after)), [before, after]);
  const rows = useMemo(() => withGaps(lines), [lines]);
  const [limit, setLimit] = useState(rowsEach);
  if (rows.length === 0) return <Text mt="md">{t.noChange}</Text>;
  const count = (kind: DiffLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  return (
    <>
      <Text size="sm" mt="xs" className="tabular">
        {t.summary(count("added"), count("removed"))}
      </Text>
      <div className={classes.diff} tabIndex={0} role="region" aria-label={t.changes}>
        <table className={classes.lines}>
          <tbody>
            {rows.slice(0, limit).map((row, index) => (
              <DiffRow key={index} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > limit && (
        <Button variant="default" mt="sm" onClick={() => setLimit(limit + rowsEach)}>
          {t.more}
        </Button>
      )}
    </>
  );
}

const signs = { same: "", added: "+", removed: "−" } as const;
const words = { same: undefined, added: t.added, removed: t.removed } as const;

function DiffRow({ row }: { readonly row: DiffLine | Gap }) {
  if (row.kind === "gap") {
    return (
      <tr className={classes.gap}>
        <td colSpan={4}>{t.unchanged(row.count)}</td>
      </tr>
    );
  }
  return (
    <tr data-kind={row.kind}>
      <td className={classes.number}>{row.oldNumber}</td>
      <td className={classes.number}>{row.newNumber}</td>
      <td className={classes.sign}>
        {words[row.kind] && (
          <span role="img" aria-label={words[row.kind]}>
            {signs[row.kind]}
          </span>
        )}
      </td>
      <td className={classes.line}>{row.text}</td>
    </tr>
  );
}

/** Null for bytes that are no text. */
async function readText(url: string, sizeBytes: number, signal: AbortSignal): Promise<string | null> {
  if (sizeBytes === 0) return "";
  const response = await fetch(url, { headers: { range: `bytes=0-${limitBytes - 1}` }, signal });
  if (!response.ok) throw await problemOf(response);
  return decodeText(new Uint8Array(await response.arrayBuffer()).subarray(0, limitBytes));
}
