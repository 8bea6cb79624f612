import type { PlaceUsage } from "#contract/apps/files/usage";
import { usage as t } from "#web/strings/usage.ts";
import { formatBytes, formatDay } from "#web/ui/index.ts";
import classes from "./usage.module.css";

const width = 100;
const height = 24;

/** The last three months as a line from zero up; nothing while there are too few days for one. */
export function HistoryLine(props: { readonly name: string; readonly history: PlaceUsage["fill"]["history"] }) {
  const { name, history } = props;
  const [first] = history;
  const last = history.at(-1);
  if (!first || !last || history.length < 2) return null;
  const top = Math.max(...history.map(({ usedBytes }) => usedBytes), 1);
  const points = history
    .map(({ atMs, usedBytes }) => {
      const x = ((atMs - first.atMs) / (last.atMs - first.atMs)) * width;
      return `${x.toFixed(2)},${(height - (usedBytes / top) * height).toFixed(2)}`;
    })
    .join(" ");
  return (
    <figure className={classes.history}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={t.history(name)}>
        <polyline points={points} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="tabular">
        <span>
          {formatDay(first.atMs)}: {formatBytes(first.usedBytes)}
        </span>
        <span>
          {formatDay(last.atMs)}: {formatBytes(last.usedBytes)}
        </span>
      </figcaption>
    </figure>
  );
}
