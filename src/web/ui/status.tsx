import { IconAlertTriangle, IconCircleCheck, IconClock } from "@tabler/icons-react";
import classes from "./status.module.css";

export type StatusLevel = "good" | "soon" | "now";

const icons = { good: IconCircleCheck, soon: IconClock, now: IconAlertTriangle } as const;

/** A state as icon and word, never as colour alone. */
export function Status(props: { readonly level: StatusLevel; readonly children: string; readonly sizePx?: number }) {
  const Shape = icons[props.level];
  return (
    <span className={classes.status} data-level={props.level}>
      <Shape size={props.sizePx ?? 18} stroke={1.75} aria-hidden="true" />
      {props.children}
    </span>
  );
}
