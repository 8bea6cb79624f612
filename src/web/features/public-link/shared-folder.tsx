import { Anchor, Breadcrumbs, Button, Skeleton, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconDownload, IconFolderOpen } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense } from "react";
import type { Node } from "#contract/apps/files/browse";
import { call } from "#web/client.ts";
import { NodeList, type Rows } from "#web/features/browse/index.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, lazyPart, useAfter } from "#web/ui/index.ts";
import type { OpenLink } from "./public-link-page.tsx";
import classes from "./public-link.module.css";
import { linkUrls, parseLinkSearch, type LinkSearch } from "./urls.ts";

const t = strings.publicLink;
const pageSize = 1000;
const Preview = lazyPart(async () => (await import("#web/features/preview/index.ts")).Preview);

function useLinkFolder(token: string, folderId: number | undefined) {
  return useInfiniteQuery({
    queryKey: ["publicLink.list", { token, folderId }],
    queryFn: ({ pageParam, signal }) =>
      call(
        "publicLink.list",
        { token, offset: pageParam, limit: pageSize, ...(folderId ? { folderId } : {}) },
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((sum, page) => sum + page.nodes.length, 0);
      return shown < last.total && last.nodes.length > 0 ? shown : undefined;
    },
  });
}

/** A shared folder: walk through it, look at files, take one or everything. */
export function SharedFolder({ token, link }: { readonly token: string; readonly link: OpenLink }) {
  const search = parseLinkSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const list = useLinkFolder(token, search.folder);
  const late = useAfter(list.isPending);
  const urls = linkUrls(token);
  const go = (next: LinkSearch): void => void navigate({ to: "/s/$token", params: { token }, search: () => next });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const [first] = list.data?.pages ?? [];
  if (!first) return late ? <Skeleton height={200} /> : null;
  const nodes = list.data?.pages.flatMap((page) => page.nodes) ?? [];
  const rows: Rows = {
    total: first.total,
    get: (index) => nodes[index],
    ensure: (_, to) => {
      if (to > nodes.length && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
  };
  const open = (node: Node): void => go(node.kind === "folder" ? { folder: node.id } : { ...search, preview: node.id });
  return (
    <div className={classes.folder}>
      <div className={classes.bar}>
        <Path path={first.path} rootName={link.name} onOpen={(folder) => go(folder ? { folder } : {})} />
        {first.total > 0 && (
          <Button
            component="a"
            href={urls.archive([first.folder.id])}
            download
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            aria-label={t.downloadAllAs(first.folder.name)}
          >
            {t.downloadAll}
          </Button>
        )}
      </div>
      <div className={classes.list}>
        <NodeList
          rows={rows}
          view="table"
          label={first.folder.name || link.name}
          onOpen={open}
          thumbUrl={(node) => (node.hasPreview ? urls.preview(node.id, 256, node.etag) : null)}
          empty={<EmptyState icon={IconFolderOpen} title={t.emptyFolder} />}
        />
      </div>
      {search.preview !== undefined && (
        <Suspense>
          <Preview
            nodes={nodes}
            nodeId={search.preview}
            onClose={() => go(search.folder ? { folder: search.folder } : {})}
            onNavigate={(preview) => go({ ...search, preview })}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The way from the shared folder to the open one; the shared folder goes by the name of the link. */
function Path(props: {
  readonly path: readonly { readonly id: number; readonly name: string }[];
  readonly rootName: string;
  onOpen(folder: number | null): void;
}) {
  const { path } = props;
  return (
    <nav aria-label={t.path} className={classes.path}>
      <Breadcrumbs separatorMargin={6}>
        {path.map((crumb, index) => {
          const name = index === 0 ? props.rootName : crumb.name;
          return index === path.length - 1 ? (
            <Text key={crumb.id} size="sm" fw={550} truncate aria-current="page">
              {name}
            </Text>
          ) : (
            <Anchor
              key={crumb.id}
              component="button"
              size="sm"
              c="dimmed"
              onClick={() => props.onOpen(index === 0 ? null : crumb.id)}
            >
              {name}
            </Anchor>
          );
        })}
      </Breadcrumbs>
    </nav>
  );
}
