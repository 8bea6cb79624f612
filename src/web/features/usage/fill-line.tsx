import { Text } from "@mantine/core";
import type { PlaceUsage } from "#contract/apps/files/usage";
import { usage as t } from "#web/strings/usage.ts";
import { formatBytes, Status, type StatusLevel } from "#web/ui/index.ts";
import { spanInWords } from "./place-parts.ts";
import classes from "./usage.module.css";

const statusOf = { fine: "good", soon: "soon", nearly: "soon", full: "now" } as const satisfies Record<
  PlaceUsage["fill"]["level"],
  StatusLevel
>;
const daysPerMonth = 30.4;

/** How full it is in a word, what it grows by, and how long that goes well. */
export function FillLine(props: { readonly fill: PlaceUsage["fill"]; readonly isLimited: boolean }) {
  const { level, growthBytesPerDay, fullAtMs } = props.fill;
  const words = [
    ...(growthBytesPerDay !== null && growthBytesPerDay > 0
      ? [t.growth(formatBytes(growthBytesPerDay * daysPerMonth))]
      : []),
    ...(fullAtMs !== null && level !== "full" ? [t.fullIn(spanInWords(fullAtMs - Date.now()))] : []),
  ];
  if (!props.isLimited && words.length === 0) return null;
  return (
    <div className={classes.fill}>
      {props.isLimited && (
        <Status level={statusOf[level]} sizePx={16}>
          {t.levels[level]}
        </Status>
      )}
      <Text size="xs" c="dimmed" className="tabular">
        {words.join(", ")}
      </Text>
    </div>
  );
}
