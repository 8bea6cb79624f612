import {
  IconAlertTriangle,
  IconCheck,
  IconHeartFilled,
  IconLivePhoto,
  IconPlayerPlayFilled,
  IconStack2,
} from "@tabler/icons-react";
import { memo, useEffect, useRef, useState } from "react";
import { photos as t } from "#web/strings/photos.ts";
import classes from "./grid.module.css";
import { colourOf, paintSoon } from "./hash-paint.ts";
import { type Cell, flag } from "./shape.ts";
import { photoUrls } from "./urls.ts";
import type { SelectionTools } from "./use-selection.ts";

interface Props {
  readonly index: number;
  readonly cell: Cell | undefined;
  readonly albumId: number | undefined;
  readonly selection: SelectionTools;
  /** Its date. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  onOpen(index: number): void;
}

/** One picture of the grid: opens with a click, selects with its mark, or with a click while something is selected. */
export const Tile = memo(function Tile({ index, cell, albumId, selection, label, x, y, width, height, onOpen }: Props) {
  const style = { transform: `translate(${x}px, ${y}px)`, width, height };
  if (cell === undefined) return <div className={classes.tile} style={style} data-index={index} />;
  const isSelected = selection.has(cell.id);
  const kind = cell.flags & flag.video ? "video" : cell.flags & flag.motion ? "motion" : "still";
  const name = t.picture(label, t.kinds[kind]);
  return (
    <div className={classes.tile} style={style} data-index={index} data-selected={isSelected || undefined}>
      <button
        type="button"
        className={classes.open}
        aria-label={name}
        data-item={cell.id}
        onClick={(event) => {
          if (selection.swallowsClick()) return;
          if (event.shiftKey && selection.count > 0) selection.extendTo(index);
          else if (selection.count > 0 || event.ctrlKey || event.metaKey) selection.toggle(index, cell.id);
          else onOpen(index);
        }}
      >
        <Picture cell={cell} albumId={albumId} />
      </button>
      <Marks flags={cell.flags} />
      <button
        type="button"
        className={classes.check}
        aria-label={`${t.select}: ${name}`}
        aria-pressed={isSelected}
        onClick={(event) => {
          if (selection.swallowsClick()) return;
          if (event.shiftKey) selection.extendTo(index);
          else selection.toggle(index, cell.id);
        }}
      >
        <IconCheck size={14} stroke={3} aria-hidden="true" />
      </button>
    </div>
  );
});

function Picture({ cell, albumId }: Pick<Props, "albumId"> & { readonly cell: Cell }) {
  const back = useRef<HTMLSpanElement>(null);
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    if (!loaded && back.current && cell.hash !== null) return paintSoon(back.current, cell.hash);
    return undefined;
  }, [cell.hash, loaded]);
  return (
    <span ref={back} className={classes.back} style={{ backgroundColor: colourOf(cell.hash) }}>
      {(cell.flags & flag.problem) === 0 && (
        <img
          className={classes.image}
          src={photoUrls.thumb(cell, 480, albumId)}
          alt=""
          decoding="async"
          draggable={false}
          data-loaded={loaded || undefined}
          onLoad={() => setLoaded(true)}
        />
      )}
    </span>
  );
}

function Marks({ flags }: { readonly flags: number }) {
  return (
    <span className={classes.marks} aria-hidden="true">
      {(flags & flag.problem) !== 0 && <IconAlertTriangle size={16} />}
      {(flags & flag.favourite) !== 0 && <IconHeartFilled size={15} />}
      {(flags & flag.stack) !== 0 && <IconStack2 size={16} />}
      {(flags & flag.motion) !== 0 && <IconLivePhoto size={16} />}
      {(flags & flag.video) !== 0 && <IconPlayerPlayFilled size={15} />}
    </span>
  );
}
