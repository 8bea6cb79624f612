import { IconCheck, IconDots, IconUsers } from "@tabler/icons-react";
import { memo } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment, formatWhen, Thumb, type ThumbUrl } from "#web/ui/index.ts";
import { LockMark } from "./lock-mark.tsx";
import { TierMark } from "#web/features/tiers/tier-mark.tsx";
import { NameEdit } from "./name-edit.tsx";
import classes from "./node-list.module.css";

/** What a row or a tile shows; handlers live on the list (delegation by `data-index` and `data-act`). */
export interface CellProps {
  readonly id: string;
  readonly index: number;
  readonly node: Node;
  readonly selected: boolean;
  readonly cursor: boolean;
  readonly dropTarget: boolean;
  readonly selectable: boolean;
  readonly editing: boolean;
  readonly nowMs: number;
  readonly thumbUrl: ThumbUrl | undefined;
  readonly hasMenu: boolean;
  readonly draggable: boolean;
  readonly onRename: (node: Node, name: string | null) => void;
}

const smallIconPx = 22;
const tileIconPx = 52;

function Check(props: { readonly node: Node; readonly selected: boolean }) {
  return (
    <button
      type="button"
      className={classes.check}
      data-act="check"
      tabIndex={-1}
      aria-label={strings.browse.select(props.node.name)}
      aria-pressed={props.selected}
    >
      <span className={classes.checkBox} data-on={props.selected || undefined}>
        {props.selected && <IconCheck size={12} stroke={3} aria-hidden="true" />}
      </span>
    </button>
  );
}

function More(props: { readonly node: Node }) {
  return (
    <button
      type="button"
      className={classes.more}
      data-act="more"
      tabIndex={-1}
      aria-label={strings.browse.actionsFor(props.node.name)}
    >
      <IconDots size={18} aria-hidden="true" />
    </button>
  );
}

function SharedMark() {
  return <IconUsers size={16} className={classes.sharedIcon} role="img" aria-label={strings.browse.shared} />;
}

const sizeText = (node: Node): string => formatBytes(node.sizeBytes);

/** One line of the table. */
export const TableCells = memo(function TableCells(props: CellProps) {
  const { node, nowMs } = props;
  const when = formatWhen(node.modifiedAtMs, nowMs);
  return (
    <>
      <span role="gridcell" className={classes.checkCell}>
        {props.selectable && <Check node={node} selected={props.selected} />}
      </span>
      <span role="gridcell" className={classes.nameCell}>
        <span className={classes.thumb}>
          <Thumb node={node} url={props.thumbUrl?.(node) ?? null} iconPx={smallIconPx} />
        </span>
        {props.editing ? (
          <NameEdit node={node} onDone={(name) => props.onRename(node, name)} />
        ) : (
          <span className={classes.nameText}>
            <span className={classes.name} title={node.name}>
              {node.name}
            </span>
            <span className={classes.phoneLine}>
              {node.kind === "folder" ? strings.common.items(node.count) : sizeText(node)} · {when}
            </span>
          </span>
        )}
        <LockMark nodeId={node.id} />
      </span>
      <span role="gridcell" className={classes.sizeCell}>
        {sizeText(node)}
      </span>
      <span role="gridcell" className={classes.whenCell}>
        <time dateTime={new Date(node.modifiedAtMs).toISOString()} title={formatMoment(node.modifiedAtMs)}>
          {when}
        </time>
      </span>
      <span role="gridcell" className={classes.sharedCell}>
        <TierMark node={node} />
        {node.shared && <SharedMark />}
      </span>
      <span role="gridcell" className={classes.moreCell}>
        {props.hasMenu && <More node={node} />}
      </span>
    </>
  );
});

/** One tile of the grid view. */
export const Tile = memo(function Tile(props: CellProps) {
  const { node } = props;
  return (
    <div
      role="gridcell"
      id={props.id}
      aria-selected={props.selected}
      className={classes.tile}
      data-index={props.index}
      data-selected={props.selected || undefined}
      data-cursor={props.cursor || undefined}
      data-drop={props.dropTarget || undefined}
      draggable={props.draggable && !props.editing}
    >
      <div className={classes.tileImage}>
        <Thumb node={node} url={props.thumbUrl?.(node) ?? null} iconPx={tileIconPx} />
        {props.selectable && <Check node={node} selected={props.selected} />}
        {props.hasMenu && <More node={node} />}
      </div>
      <div className={classes.tileCaption}>
        {props.editing ? (
          <NameEdit node={node} onDone={(name) => props.onRename(node, name)} />
        ) : (
          <span className={classes.name} title={node.name}>
            {node.name}
          </span>
        )}
        <span className={classes.tileMeta}>
          <span>{node.kind === "folder" ? strings.common.items(node.count) : sizeText(node)}</span>
          <LockMark nodeId={node.id} />
          <TierMark node={node} />
          {node.shared && <SharedMark />}
        </span>
      </div>
    </div>
  );
});
