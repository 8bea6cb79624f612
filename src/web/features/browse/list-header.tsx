import { VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { strings } from "#web/strings.ts";
import classes from "./node-list.module.css";
import type { Sort, SortBy } from "./url-state.ts";

/** The sticky line with the column names; a click sorts. */
export function ListHeader(props: { readonly sort?: Sort; readonly onSort?: (key: SortBy) => void }) {
  const { sort, onSort } = props;
  const t = strings.browse.columns;
  const column = (key: SortBy, label: string, className: string | undefined) => {
    const active = sort?.key === key;
    const direction = active ? (sort.descending ? "descending" : "ascending") : undefined;
    const Arrow = sort?.descending ? IconArrowDown : IconArrowUp;
    return (
      <span role="columnheader" aria-sort={direction} className={className}>
        {onSort ? (
          <button
            type="button"
            className={classes.sortButton}
            data-active={active || undefined}
            onClick={() => onSort(key)}
          >
            {label}
            {active && <Arrow size={14} aria-hidden="true" />}
          </button>
        ) : (
          label
        )}
      </span>
    );
  };
  return (
    <div role="rowgroup" className={classes.header}>
      <div role="row" aria-rowindex={1} className={classes.headerRow}>
        <span role="columnheader" className={classes.checkCell}>
          <VisuallyHidden>{t.selected}</VisuallyHidden>
        </span>
        {column("name", t.name, classes.nameHead)}
        {column("size", t.size, classes.sizeCell)}
        {column("modified", t.modified, classes.whenCell)}
        <span role="columnheader" className={classes.sharedCell}>
          <VisuallyHidden>{t.shared}</VisuallyHidden>
        </span>
        <span role="columnheader" className={classes.moreCell}>
          <VisuallyHidden>{t.actions}</VisuallyHidden>
        </span>
      </div>
    </div>
  );
}
