import { ActionIcon } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { memo } from "react";
import { photos as t } from "#web/strings/photos.ts";
import classes from "./grid.module.css";
import { type Layout, measures } from "./layout.ts";
import { type Cell, monthAt, type Shape } from "./shape.ts";
import { Tile } from "./tile.tsx";
import type { SelectionTools } from "./use-selection.ts";
import { dateName, dayName, monthName } from "./words.ts";

interface Props {
  readonly row: number;
  readonly layout: Layout;
  readonly shape: Shape;
  readonly albumId: number | undefined;
  readonly selection: SelectionTools;
  cellAt(index: number): Cell | undefined;
  onOpen(index: number): void;
}

/** One row of pictures with the month and the days that begin in it. */
export const Row = memo(function Row(props: Props) {
  const { row, layout, shape, selection } = props;
  const [start = 0, end = 0] = [layout.starts[row], layout.starts[row + 1]];
  const of = monthAt(shape, start);
  const height = layout.heights[row] ?? 0;
  const top = layout.tops[row] ?? 0;
  const heading = layout.headings[row] ?? -1;
  const labelTop = top - measures.label;
  const parts = [];
  const labels: { x: number; index: number }[] = [];
  let x = 0;
  for (let index = start; index < end; index += 1) {
    const width = (shape.ratios[index] ?? 1) * height;
    if (shape.startsDay[index] === 1) labels.push({ x, index });
    parts.push(
      <Tile
        key={index}
        index={index}
        cell={props.cellAt(index)}
        albumId={props.albumId}
        selection={selection}
        label={dateName(of?.month ?? 0, shape.dayOf[index] ?? 0)}
        x={x}
        y={top}
        width={width}
        height={height}
        onOpen={props.onOpen}
      />,
    );
    x += width + measures.gap;
  }
  return (
    <>
      {heading !== -1 && of && (
        <h2 className={classes.month} style={{ top: layout.edges[row] }}>
          {monthName(of.month)}
        </h2>
      )}
      {of &&
        labels.map(({ x: left, index }, at) => {
          const right = labels[at + 1]?.x ?? layout.width;
          const day = dayName(of.month, shape.dayOf[index] ?? 0);
          return (
            <div key={index} className={classes.day} style={{ top: labelTop, left, maxWidth: right - left - 4 }}>
              <span>{day}</span>
              <ActionIcon
                variant="transparent"
                color="gray"
                size="sm"
                className={classes.dayCheck}
                aria-label={t.selectDay(day)}
                title={t.selectDay(day)}
                onClick={() => selection.addRange(index, lastOfDay(shape, index))}
              >
                <IconCircleCheck size={16} />
              </ActionIcon>
            </div>
          );
        })}
      {parts}
    </>
  );
});

function lastOfDay(shape: Shape, index: number): number {
  let last = index;
  while (last + 1 < shape.total && shape.startsDay[last + 1] !== 1) last += 1;
  return last;
}
