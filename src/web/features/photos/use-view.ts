import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { query } from "#web/client.ts";
import { type Cell, cellsOf, monthAt, type Shape, shapeOf } from "./shape.ts";
import type { PhotoView } from "./url-state.ts";

/** The shape of a view; the last one stays until the next is there. */
export function useShape(view: PhotoView) {
  const answer = useQuery({ ...query("photos.timeline", { view }), placeholderData: keepPreviousData });
  const shape = useMemo(() => (answer.data === undefined ? undefined : shapeOf(answer.data)), [answer.data]);
  return { ...answer, shape };
}

const bucketQuery = (view: PhotoView, month: number) => ({
  ...query("photos.bucket", { view, month }),
  select: cellsOf,
  staleTime: 60_000,
});

/** Only the cells of answers; the same array as long as they are the same. */
const dataOf = (answers: readonly { readonly data: Cell[] | undefined }[]) => answers.map(({ data }) => data);

/** Pictures of the months that are on the screen, by their number in the view. The function is another one only when they are. */
export function useCells(view: PhotoView, shape: Shape | undefined, months: readonly number[]) {
  const found = useQueries({ queries: months.map((month) => bucketQuery(view, month)), combine: dataOf });
  return useCallback(
    (index: number): Cell | undefined => {
      const of = shape && monthAt(shape, index);
      // While a change is under way the month may have one picture more or less than the shape says.
      return of && found[months.indexOf(of.month)]?.[index - of.start];
    },
    [shape, months, found],
  );
}

/** Pictures anywhere in the view, fetched when they are asked for. */
export function useFetchCells(view: PhotoView, shape: Shape | undefined) {
  const client = useQueryClient();
  const monthOf = useCallback(
    async (month: number): Promise<Cell[]> =>
      cellsOf(await client.fetchQuery({ ...query("photos.bucket", { view, month }), staleTime: 60_000 })),
    [client, view],
  );
  const range = useCallback(
    async (from: number, to: number): Promise<Cell[]> => {
      const [low, high] = from <= to ? [from, to] : [to, from];
      const months = shape?.months.filter(({ start, end }) => end > low && start <= high) ?? [];
      const parts = await Promise.all(
        months.map(async ({ month, start }) =>
          (await monthOf(month)).filter((_, at) => start + at >= low && start + at <= high),
        ),
      );
      return parts.flat();
    },
    [shape, monthOf],
  );
  return { monthOf, range };
}
