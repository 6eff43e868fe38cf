import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { Icon } from '../../components/Icon';
import { useMedia } from '../../components/useMedia';
import { useWidth } from '../../components/useWidth';
import type { Interval } from '../../model/criticalPath';
import { retryWords } from '../../model/decisions';
import { micros, text } from '../../model/format';
import { title, type Span, type Trace } from '../../model/trace';
import { deepest, tickStep, type Row } from '../../model/waterfall';
import { SpanBar } from './SpanBar';
import styles from './trace.module.css';

interface Props {
  trace: Trace;
  rows: readonly Row[];
  path: ReadonlyMap<string, Interval[]>;
  colors: ReadonlyMap<string, string>;
  selected: string | undefined;
  onSelect: (span: Span) => void;
  onFold: (span: Span, folded: boolean) => void;
}

const SPAN_HEIGHT = 28;
/** Attempts and the reasons between them stand closer: they are one request. */
const ATTEMPT_HEIGHT = 24;
const REASON_HEIGHT = 19;

const heightOf = (row: Row | undefined) =>
  row?.kind === 'reason' ? REASON_HEIGHT : row?.span.attempt ? ATTEMPT_HEIGHT : SPAN_HEIGHT;

/** One row a span; only the rows in sight are rendered. */
export function Waterfall({ trace, rows, path, colors, selected, onSelect, onFold }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  // Measured anew only when the rows are others, not at every step of a scroll.
  const getItemKey = useCallback((i: number) => rows[i]?.key ?? i, [rows]);
  // The virtualizer changes inside; memoised code around it would show stale rows.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => heightOf(rows[i]),
    getItemKey,
    overscan: 16,
  });
  const index = rows.findIndex((row) => row.kind === 'span' && row.span.id === selected);
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [index, virtual]);

  const levels = useMemo(() => Math.max(deepest(trace), 1), [trace]);
  const lane = useRef<HTMLDivElement>(null);
  const laneWidth = useWidth(lane);
  const narrow = useMedia('(max-width: 900px)');
  const stepMicros = tickStep(trace.duration, narrow ? 2 : 5);
  const ticks = Array.from({ length: Math.floor(trace.duration / stepMicros) + 1 }, (_, i) => i * stepMicros);
  const place = (us: number) => `${(us / Math.max(trace.duration, 1)) * 100}%`;

  return (
    <div ref={scroller} className={styles.waterfall} data-testid="waterfall">
      <div className={styles.ruler}>
        <span>Service and operation</span>
        <div ref={lane} className={styles.ticks}>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: place(tick) }}>
              {tick === 0 ? '0' : text(micros(tick)).replace(/\.0+(?=\s)|(\.\d)0(?=\s)/, '$1')}
            </span>
          ))}
        </div>
      </div>
      <div role="tree" aria-label="Spans" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        <div className={styles.grid} aria-hidden>
          <div>
            {ticks.map((tick) => (
              <i key={tick} style={{ left: place(tick) }} />
            ))}
          </div>
        </div>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const style = { transform: `translateY(${item.start}px)`, height: item.size };
          if (row.kind === 'reason') {
            return (
              <div key={item.key} role="none" className={styles.reason} style={style}>
                <span style={{ paddingLeft: indent(row.depth, levels) }}>
                  ↳ {retryWords(row.decision, row.reason)}
                </span>
              </div>
            );
          }
          return (
            <SpanRow
              key={item.key}
              row={row}
              trace={trace}
              path={path.get(row.span.id)}
              color={colors.get(row.span.service)}
              selected={row.span.id === selected}
              laneWidth={laneWidth}
              levels={levels}
              style={style}
              onSelect={onSelect}
              onFold={onFold}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Half of the column is the names', however deep the calls go. */
const indent = (depth: number, levels: number) => `calc(16px + ${depth} * min(13px, 50% / ${levels}))`;

interface RowProps {
  row: Extract<Row, { kind: 'span' }>;
  trace: Trace;
  path: Interval[] | undefined;
  color: string | undefined;
  selected: boolean;
  laneWidth: number;
  levels: number;
  style: React.CSSProperties;
  onSelect: (span: Span) => void;
  onFold: (span: Span, folded: boolean) => void;
}

function SpanRow({
  row,
  trace,
  path,
  color,
  selected,
  laneWidth,
  levels,
  style,
  onSelect,
  onFold,
}: RowProps) {
  const { span, depth, folded, hidden } = row;
  const parent = span.children.length > 0;
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={parent ? !folded : undefined}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      data-span={span.id}
      data-failed={span.failed || undefined}
      className={`${styles.row} ${span.attempt ? styles.attempt : ''}`}
      style={style}
      onClick={() => onSelect(span)}
    >
      <i className={styles.band} style={{ background: color }} aria-hidden />
      <div className={styles.name} style={{ paddingLeft: indent(depth, levels) }}>
        <button
          type="button"
          tabIndex={-1}
          className={styles.caret}
          aria-label={folded ? 'Unfold' : 'Fold'}
          data-open={!folded || undefined}
          style={{ visibility: parent ? 'visible' : 'hidden' }}
          onClick={(event) => {
            event.stopPropagation();
            onFold(span, !folded);
          }}
        >
          <Icon name="chevron" size={12} />
        </button>
        {span.attempt ? (
          <span className={styles.operation}>attempt {span.attempt.number}</span>
        ) : (
          <>
            <b>{span.service}</b>
            <span className={styles.operation}>
              {span.kind === 'client' ? '→ ' : ''}
              {title(span)}
            </span>
          </>
        )}
        {hidden > 0 && <span className={styles.hidden}>+{hidden}</span>}
      </div>
      <SpanBar span={span} trace={trace} path={path} laneWidth={laneWidth} />
    </div>
  );
}
