import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Ref } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { Output } from "#web/client.ts";
import { search as t } from "#web/strings/search.ts";
import { FileIcon, formatBytes, formatDay } from "#web/ui/index.ts";
import classes from "./search.module.css";

type Hit = Output<"search.find">["hits"][number];

/** The hits, each a link to where it lies; arrow keys go from one to the next. */
export function HitList({ hits, ref }: { readonly hits: readonly Hit[]; readonly ref: Ref<HTMLUListElement> }) {
  const onKeyDown = (event: React.KeyboardEvent<HTMLUListElement>): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const links = [...event.currentTarget.querySelectorAll("a")];
    const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul className={classes.hits} ref={ref} onKeyDown={onKeyDown}>
      {hits.map((hit) => (
        <li key={hit.node.id}>
          <NodeLink node={hit.node} className={classes.hit}>
            <FileIcon node={hit.node} sizePx={28} />
            <span className={classes.words}>
              <span className={classes.name}>{hit.node.name}</span>
              {hit.snippet.length > 0 && (
                <span className={classes.snippet}>
                  {hit.snippet.map((part, at) =>
                    part.isHit ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>,
                  )}
                </span>
              )}
              <Text span size="xs" c="dimmed" className={classes.facts}>
                {[
                  hit.folderPath,
                  hit.node.kind === "folder" ? t.folder : formatBytes(hit.node.sizeBytes),
                  formatDay(hit.node.modifiedAtMs),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </Text>
            </span>
          </NodeLink>
        </li>
      ))}
    </ul>
  );
}

/** A folder opens, a file is shown in its folder, or by itself where nothing above it is shown. */
export function NodeLink(props: {
  readonly node: Node;
  readonly className?: string | undefined;
  readonly children: React.ReactNode;
}) {
  const { node, className, children } = props;
  if (node.kind === "file" && node.parentId === null) {
    return (
      <Link to="/shared" search={{ preview: node.id }} className={className}>
        {children}
      </Link>
    );
  }
  const folderId = String(node.kind === "folder" ? node.id : (node.parentId ?? node.id));
  return (
    <Link
      to="/files/$folderId"
      params={{ folderId }}
      search={node.kind === "folder" ? {} : { at: node.id }}
      className={className}
    >
      {children}
    </Link>
  );
}
