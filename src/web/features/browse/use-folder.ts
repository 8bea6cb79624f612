import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { ProblemError, query, type Output } from "#web/client.ts";
import { matches, wordsOf } from "./name-filter.ts";
import { pagesOf, rowsOfPages } from "./pages.ts";
import { rowsOf, type Rows } from "./rows.ts";
import type { Sort } from "./url-state.ts";

const pageSize = 1000;
/** Largest page the server gives; for filters and selections that need every row. */
const bulkSize = 5000;
const searchLimit = 200;

export interface FolderView {
  readonly folder: Node | undefined;
  readonly path: Output<"files.list">["path"];
  readonly rows: Rows;
  readonly error: Error | null;
  /** It was shown, and is no longer there for the caller. */
  readonly lost: boolean;
  readonly pending: boolean;
  readonly retry: () => void;
}

const isGone = (error: Error | null): boolean =>
  error instanceof ProblemError && (error.code === "not-found" || error.code === "forbidden");

/** A folder's entries, page by page as the screen needs them. */
export function useFolder(folderId: number, sort: Sort): FolderView {
  const client = useQueryClient();
  const [wanted, setWanted] = useState<readonly number[]>([0]);
  const input = (offset: number, limit: number) => ({
    folderId,
    sort: sort.key,
    descending: sort.descending,
    offset,
    limit,
  });
  const results = useQueries({
    queries: wanted.map((page) => ({
      ...query("files.list", input(page * pageSize, pageSize)),
      placeholderData: keepPreviousData,
    })),
  });
  const pages = results.map((result, at) => [wanted[at] ?? 0, result.data?.nodes] as const);
  const first = results[0];
  const total = first?.data?.total ?? 0;
  const identity = results.map((result) => result.dataUpdatedAt).join() + wanted.join();
  const rows = useMemo<Rows>(
    () => ({
      ...rowsOfPages(pages, pageSize, total),
      ensure: (from, to) => {
        const next = pagesOf({ from, to }, pageSize);
        setWanted((now) => (now.join() === next.join() ? now : next));
      },
      load: async (from, to) => {
        const bulk = pagesOf({ from, to: Math.min(to, total) }, bulkSize, false);
        const found: Node[] = [];
        for (const page of bulk) {
          const data = await client.fetchQuery(query("files.list", input(page * bulkSize, bulkSize)));
          const start = page * bulkSize;
          found.push(...data.nodes.slice(Math.max(0, from - start), Math.max(0, to - start)));
        }
        return found;
      },
    }),
    // `identity` stands for the answers in `pages`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [identity, total, folderId, sort.key, sort.descending, client],
  );
  const lost = first?.data !== undefined && isGone(first.error);
  const error = lost || !first?.data ? (first?.error ?? null) : null;
  return {
    folder: error ? undefined : first?.data?.folder,
    path: first?.data?.path ?? [],
    rows,
    error,
    lost,
    pending: first?.isPending ?? true,
    retry: () => void first?.refetch(),
  };
}

/** Rows whose name holds every word of `text`: at once among what is here, by the server's search in a huge folder. */
export function useFilter(view: FolderView, folderId: number, sort: Sort, text: string) {
  const { rows } = view;
  const words = wordsOf(text);
  const active = words.length > 0;
  const small = rows.total <= pageSize;
  const local = active && rows.total <= bulkSize;
  const whole = useQuery({
    ...query("files.list", { folderId, sort: sort.key, descending: sort.descending, offset: 0, limit: bulkSize }),
    enabled: local && !small,
  });
  const searched = useQuery({
    ...query("search.find", { query: text.trim() || " ", folderId, limit: searchLimit, inText: false }),
    enabled: active && !local,
    placeholderData: keepPreviousData,
  });
  const filtered = useMemo(() => {
    if (!active) return rows;
    if (!local) return rowsOf(searched.data?.hits.map((hit) => hit.node) ?? []);
    const nodes = small ? Array.from({ length: rows.total }, (_, index) => rows.get(index)) : (whole.data?.nodes ?? []);
    return rowsOf(nodes.filter((node): node is Node => node !== undefined && matches(node.name, words)));
    // `text` stands for `words`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active, local, small, rows, text, whole.data, searched.data]);
  return {
    rows: filtered,
    active,
    searched: active && !local,
    pending: (local && !small && whole.isPending) || (!local && active && searched.isPending),
  };
}
