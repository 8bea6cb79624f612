import type { Cell } from "./shape.ts";

const via = (albumId: number | undefined) => (albumId === undefined ? "" : `&album=${albumId}`);

/** Addresses of pictures; `albumId` for what is seen because of an album. */
export const photoUrls = {
  thumb: (cell: Pick<Cell, "id" | "revision">, size: 480 | 1600, albumId?: number) =>
    `/api/photos/thumb/${cell.id}?size=${size}&v=${cell.revision}${via(albumId)}`,
  original: (id: number, albumId?: number) => `/api/photos/original/${id}?${via(albumId).slice(1)}`,
  motion: (id: number, albumId?: number) => `/api/photos/motion/${id}?${via(albumId).slice(1)}`,
} as const;
