import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { sortRows, type Sort } from '../model/sort';
import styles from './table.module.css';

export interface Column<T> {
  key: string;
  /** Empty where there is nothing to name or to sort by: a column of what can be done. */
  title: string;
  /** A CSS grid track, for example `minmax(120px, 2fr)`. */
  width: string;
  /** Numbers stand right, so that their digits line up. */
  numeric?: boolean;
  sortBy: (row: T) => number | string | null;
  cell: (row: T) => ReactNode;
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  idOf: (row: T) => string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  selected?: string | undefined;
  /** Pointed at elsewhere on the page. */
  highlighted?: string | undefined;
  onSelect?: (row: T) => void;
  onHover?: (row: T | undefined) => void;
  minWidth?: number;
  empty?: ReactNode;
}

const ROW = 32;

/** A sortable table that renders only the rows in sight; arrow keys walk the rows, Enter opens one. */
export function DataTable<T>(props: Props<T>) {
  const {
    label,
    rows,
    columns,
    idOf,
    sort,
    onSort,
    selected,
    highlighted,
    onSelect,
    onHover,
    minWidth = 0,
    empty,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const column = columns.find((candidate) => candidate.key === sort.key);
    return column ? sortRows(rows, column.sortBy, sort.descending) : rows;
  }, [rows, columns, sort.key, sort.descending]);
  // The virtualizer changes inside; memoised code around it would show stale rows.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const tracks = columns.map((column) => column.width).join(' ');

  const move = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Enter' || event.key === ' ') {
      const row = sorted[index];
      if (row) onSelect?.(row);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = index + (event.key === 'ArrowDown' ? 1 : -1);
      if (next < 0 || next >= sorted.length) return;
      virtual.scrollToIndex(next);
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus(),
      );
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={scroller} className={styles.scroller} tabIndex={sorted.length === 0 ? 0 : -1}>
      <div role="grid" aria-label={label} aria-rowcount={sorted.length + 1} style={{ minWidth }}>
        <div role="rowgroup" className={styles.head}>
          <div role="row" className={styles.row} style={{ gridTemplateColumns: tracks }}>
            {columns.map((column) => (
              <ColumnHead key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </div>
        </div>
        {sorted.length === 0 && empty}
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = sorted[item.index];
            if (row === undefined) return null;
            const id = idOf(row);
            const chosen = id === selected;
            return (
              <div
                key={id}
                role="row"
                data-index={item.index}
                data-row={id}
                aria-rowindex={item.index + 2}
                aria-selected={chosen}
                tabIndex={chosen || (selected === undefined && item.index === 0) || onSelect ? 0 : -1}
                className={`${styles.row} ${styles.body} ${onSelect ? styles.clickable : ''} ${id === highlighted ? styles.highlighted : ''}`}
                style={{ gridTemplateColumns: tracks, transform: `translateY(${item.start}px)` }}
                onClick={() => onSelect?.(row)}
                onKeyDown={(event) => move(event, item.index)}
                onPointerEnter={() => onHover?.(row)}
                onPointerLeave={() => onHover?.(undefined)}
              >
                {columns.map((column) => (
                  <div
                    key={column.key}
                    role="gridcell"
                    className={column.numeric ? styles.numeric : styles.text}
                  >
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function ColumnHead<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>;
  sort: Sort;
  onSort: (sort: Sort) => void;
}) {
  const mine = sort.key === column.key;
  if (column.title === '') return <div role="columnheader" />;
  return (
    <div
      role="columnheader"
      aria-sort={mine ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={column.numeric ? styles.numeric : styles.text}
    >
      <button
        type="button"
        onClick={() =>
          onSort({ key: column.key, descending: mine ? !sort.descending : column.numeric === true })
        }
      >
        {column.title}
        <span aria-hidden className={styles.arrow}>
          {mine ? (sort.descending ? '↓' : '↑') : ''}
        </span>
      </button>
    </div>
  );
}
