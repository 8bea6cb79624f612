import { ActionIcon, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconMapPinOff, IconMinus, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, useState, type PointerEvent } from "react";
import type { Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import classes from "./map.module.css";
import { photoUrls } from "./urls.ts";
import { clusterQuery, outline, type Point, unproject, project, worldSize } from "./world.ts";

/** Middle of the screen on the map, and how many pixels a unit of it takes. */
interface Camera extends Point {
  readonly scale: number;
}

type Cluster = Output<"photos.map">["clusters"][number];

const minScale = 0.35;
const maxScale = 4096;
/** A cell of the grid is some so wide on the screen. */
const cellPx = 84;
const step = 1.8;

/** The map of pictures: outlines from here, nothing is fetched from anywhere else. */
export function MapPage() {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const [camera, setCamera] = useState<Camera>({ x: worldSize * 0.53, y: worldSize * 0.38, scale: 1.1 });
  const stage = useRef<HTMLDivElement>(null);
  const path = useQuery(outline);
  const asked = areaOf(camera, width, height);
  const level = Math.max(1, Math.min(20, Math.round(Math.log2((worldSize * camera.scale) / cellPx))));
  const { data, error, refetch } = useQuery({
    ...clusterQuery(asked, level),
    placeholderData: keepPreviousData,
    enabled: width > 0,
  });
  const zoom = (factor: number, at?: Point): void => setCamera((now) => zoomed(now, factor, at, width, height));
  const { handlers } = usePan(stage, setCamera, zoom);
  useFirstFit(data, width, height, setCamera);
  const left = width / 2 - camera.x * camera.scale;
  const top = height / 2 - camera.y * camera.scale;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.total === 0) return <EmptyState icon={IconMapPinOff} title={t.map.none} hint={t.map.noneHint} />;
  return (
    <div className={classes.frame} ref={ref}>
      <div className={classes.stage} ref={stage} role="group" aria-label={t.map.label} {...handlers}>
        <svg className={classes.world} width={width} height={height} aria-hidden="true">
          <g transform={`translate(${left} ${top}) scale(${camera.scale})`}>
            <path d={path.data?.land ?? ""} className={classes.land} />
            <path d={path.data?.borders ?? ""} className={classes.coast} vectorEffect="non-scaling-stroke" />
          </g>
        </svg>
        {data?.clusters.map((cluster) => (
          <Pin
            key={`${cluster.west} ${cluster.north} ${cluster.east}`}
            cluster={cluster}
            at={toScreen(cluster, camera, left, top)}
          />
        ))}
      </div>
      <div className={classes.tools}>
        <ActionIcon variant="default" size={40} aria-label={t.map.zoomIn} onClick={() => zoom(step)}>
          <IconPlus size={20} />
        </ActionIcon>
        <ActionIcon variant="default" size={40} aria-label={t.map.zoomOut} onClick={() => zoom(1 / step)}>
          <IconMinus size={20} />
        </ActionIcon>
      </div>
      <Text size="xs" c="dimmed" className={classes.credit}>
        {[data ? t.map.total(data.total) : null, t.map.outline].filter((part) => part !== null).join(" · ")}
      </Text>
    </div>
  );
}

function Pin({ cluster, at }: { readonly cluster: Cluster; readonly at: Point }) {
  const navigate = useNavigate();
  const { west, south, east, north, count } = cluster;
  const area = [west, south, east, north].map((degree) => degree.toFixed(5)).join(",");
  return (
    <button
      type="button"
      className={classes.pin}
      style={{ transform: `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)` }}
      aria-label={t.map.cluster(count)}
      onClick={() => void navigate({ to: "/photos", search: { area } })}
    >
      <img src={photoUrls.thumb({ id: cluster.itemId, revision: cluster.revision }, 480)} alt="" draggable={false} />
      {count > 1 && <span className={classes.count}>{count.toLocaleString("en")}</span>}
    </button>
  );
}

function toScreen({ latitude, longitude }: Cluster, { scale }: Camera, left: number, top: number): Point {
  const { x, y } = project(latitude, longitude);
  return { x: left + x * scale, y: top + y * scale };
}

/** What is on the screen and a little around it, in steps, so that a small move asks nothing new. */
function areaOf(camera: Camera, width: number, height: number) {
  const stepUnits = 160 / camera.scale;
  const snap = (value: number, up: boolean) =>
    (up ? Math.ceil(value / stepUnits) : Math.floor(value / stepUnits)) * stepUnits;
  const bounded = (value: number) => Math.max(0, Math.min(worldSize, value));
  const x = [snap(camera.x - width / 2 / camera.scale, false), snap(camera.x + width / 2 / camera.scale, true)].map(
    bounded,
  );
  const y = [snap(camera.y - height / 2 / camera.scale, false), snap(camera.y + height / 2 / camera.scale, true)].map(
    bounded,
  );
  const north = unproject({ x: x[0] ?? 0, y: y[0] ?? 0 });
  const south = unproject({ x: x[1] ?? worldSize, y: y[1] ?? worldSize });
  return { west: north.longitude, east: south.longitude, south: south.latitude, north: north.latitude };
}

function zoomed(now: Camera, factor: number, at: Point | undefined, width: number, height: number): Camera {
  const scale = Math.max(minScale, Math.min(maxScale, now.scale * factor));
  const from = at ?? { x: width / 2, y: height / 2 };
  const held = { x: now.x + (from.x - width / 2) / now.scale, y: now.y + (from.y - height / 2) / now.scale };
  return kept({
    x: held.x - (from.x - width / 2) / scale,
    y: held.y - (from.y - height / 2) / scale,
    scale,
  });
}

function kept({ x, y, scale }: Camera): Camera {
  return { x: Math.max(0, Math.min(worldSize, x)), y: Math.max(0, Math.min(worldSize, y)), scale };
}

/** Once: everything with a place on the screen. */
function useFirstFit(
  data: Output<"photos.map"> | undefined,
  width: number,
  height: number,
  setCamera: (camera: Camera) => void,
): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current || !data || data.clusters.length === 0 || width === 0) return;
    done.current = true;
    const points = data.clusters.map(({ latitude, longitude }) => project(latitude, longitude));
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min((width * 0.7) / Math.max(20, east - west), (height * 0.7) / Math.max(20, south - north));
    setCamera(kept({ x: (west + east) / 2, y: (north + south) / 2, scale: Math.max(minScale, Math.min(12, scale)) }));
  }, [data, width, height, setCamera]);
}

function usePan(
  stage: React.RefObject<HTMLDivElement | null>,
  setCamera: (change: (now: Camera) => Camera) => void,
  zoom: (factor: number, at?: Point) => void,
) {
  const fingers = useRef(new Map<number, Point>());
  const local = (event: { clientX: number; clientY: number }): Point => {
    const box = stage.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const turn = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), local(event));
  });
  useEffect(() => {
    const element = stage.current;
    const listener = (event: WheelEvent): void => turn(event);
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, [stage]);
  const lift = (event: PointerEvent): void => void fingers.current.delete(event.pointerId);
  return {
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.target instanceof Element && event.target.closest("button")) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        fingers.current.set(event.pointerId, local(event));
      },
      onPointerMove: (event: PointerEvent) => {
        const before = fingers.current.get(event.pointerId);
        if (!before) return;
        const now = local(event);
        const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
        fingers.current.set(event.pointerId, now);
        if (other) {
          const grown =
            Math.hypot(now.x - other.x, now.y - other.y) /
            Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
          return zoom(grown, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
        }
        setCamera((camera) =>
          kept({
            x: camera.x - (now.x - before.x) / camera.scale,
            y: camera.y - (now.y - before.y) / camera.scale,
            scale: camera.scale,
          }),
        );
      },
      onPointerUp: lift,
      onPointerCancel: lift,
    },
  };
}
