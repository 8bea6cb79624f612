import { useQuery } from "@tanstack/react-query";
import { photos as t } from "#web/strings/photos.ts";
import classes from "./viewer.module.css";
import { outline, project } from "./world.ts";

const width = 90;
const height = 54;

/** A small piece of the map around a place. */
export function MapSpot({ place }: { readonly place: { readonly latitude: number; readonly longitude: number } }) {
  const { data } = useQuery(outline);
  const { x, y } = project(place.latitude, place.longitude);
  return (
    <svg
      className={classes.spot}
      viewBox={`${x - width / 2} ${y - height / 2} ${width} ${height}`}
      role="img"
      aria-label={t.map.label}
    >
      <path d={data?.land ?? ""} fill="var(--hearth-skeleton)" />
      <path d={data?.borders ?? ""} fill="none" stroke="var(--hearth-dimmed)" strokeWidth={0.3} strokeOpacity={0.6} />
      <circle cx={x} cy={y} r={2} fill="var(--hearth-accent)" />
    </svg>
  );
}
