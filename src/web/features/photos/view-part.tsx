import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { query } from "#web/client.ts";
import { isTyping } from "#web/ui/index.ts";
import { usePhotoActions } from "./actions.ts";
import { Grid } from "./grid.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { monthAt, type Shape } from "./shape.ts";
import type { PhotosSearch, PhotoView } from "./url-state.ts";
import { useCells, useFetchCells } from "./use-view.ts";
import { useSelection } from "./use-selection.ts";
import { Viewer } from "./viewer.tsx";

const route = getRouteApi("/app/photos");

interface Props {
  readonly view: PhotoView;
  readonly shape: Shape;
  readonly search: PhotosSearch;
  readonly head: ReactNode;
}

/** The pictures of a view, what is selected of them, and the one that is open. */
export function ViewPart({ view, shape, search, head }: Props) {
  const navigate = route.useNavigate();
  const actions = usePhotoActions();
  const { monthOf, range } = useFetchCells(view, shape);
  const selection = useSelection(range);
  const albumId = view.kind === "album" ? view.albumId : undefined;
  const [index, setIndex] = useOpenIndex(search.item, shape, monthOf, albumId);
  const cellAt = useCells(view, shape, useMonthsAround(shape, index));
  useEscape(selection.count > 0 && search.item === undefined, selection.clear);
  const albums = useQuery({ ...query("photos.albums", {}), enabled: albumId !== undefined });
  const isOwn = albums.data?.albums.some(({ id, isOwn: own }) => own && id === albumId) === true;

  const show = useCallback(
    async (next: number, replace: boolean): Promise<void> => {
      setIndex(next);
      const month = monthAt(shape, next);
      const cell = month && (await monthOf(month.month))[next - month.start];
      if (cell) await navigate({ search: (now) => ({ ...now, item: cell.id }), replace });
    },
    [shape, monthOf, navigate, setIndex],
  );
  const open = useCallback((next: number) => void show(next, false), [show]);
  const close = (): void => void navigate({ search: ({ item: _closed, ...rest }) => rest });
  return (
    <>
      <Grid
        view={view}
        shape={shape}
        albumId={albumId}
        selection={selection}
        focusIndex={search.item === undefined ? index : null}
        head={head}
        onOpen={open}
      />
      {selection.count > 0 && (
        <SelectionBar
          selection={selection}
          actions={actions}
          view={view}
          ownAlbumId={isOwn && albumId !== undefined ? albumId : null}
        />
      )}
      {search.item !== undefined && index !== null && (
        <Viewer
          index={index}
          total={shape.total}
          albumId={albumId}
          actions={actions}
          cellAt={cellAt}
          onMove={(next) => void show(next, true)}
          onClose={close}
        />
      )}
    </>
  );
}

/** Number in the view of the picture that the address names; found by its month when the page was opened with it. */
function useOpenIndex(
  item: number | undefined,
  shape: Shape,
  monthOf: ReturnType<typeof useFetchCells>["monthOf"],
  albumId: number | undefined,
) {
  const client = useQueryClient();
  const [index, setIndex] = useState<number | null>(null);
  useEffect(() => {
    if (item === undefined) return undefined;
    let isOver = false;
    const find = async (): Promise<void> => {
      const detail = query("photos.detail", { itemId: item, ...(albumId !== undefined && { albumId }) });
      const { month } = await client.fetchQuery({ ...detail, staleTime: 60_000 });
      const of = shape.months.find((one) => one.month === month) ?? shape.months.find((one) => one.month === 0);
      const at = of ? (await monthOf(of.month)).findIndex(({ id }) => id === item) : -1;
      if (!isOver && of && at !== -1) setIndex(of.start + at);
    };
    find().catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [item, shape, monthOf, client, albumId]);
  return [index, setIndex] as const;
}

function useMonthsAround(shape: Shape, index: number | null): readonly number[] {
  return useMemo(() => {
    if (index === null) return [];
    const around = [index - 1, index, index + 2].map((at) => Math.max(0, Math.min(shape.total - 1, at)));
    return [...new Set(around.flatMap((at) => monthAt(shape, at)?.month ?? []))];
  }, [shape, index]);
}

function useEscape(isOn: boolean, act: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !isTyping(event.target)) act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [isOn, act]);
}
