import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { ComparedCall } from '../../api/traceComparison';
import { micros, text } from '../../model/format';
import { callWords, signed } from '../../model/traceComparison';
import styles from './compare.module.css';

interface Props {
  nodes: readonly ComparedCall[];
  /** Microseconds that the whole lane stands for. */
  longest: number;
  colors: ReadonlyMap<string, string>;
}

const ROW = 36;

/** One row a call, in the order of the trees; A's bar over B's, the part on the critical path in the accent. */
export function CallRows({ nodes, longest, colors }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  // The virtualizer changes inside; memoised code around it would show stale rows.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <div ref={scroller} className={styles.calls} tabIndex={0} role="region" aria-label="Calls of both">
      <div className={styles.inner} role="table" aria-label="Calls" aria-rowcount={nodes.length + 1}>
        <div className={styles.head} role="row">
          {['Call', 'A', 'B', 'B − A', 'How long, and how much of it on the critical path'].map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const node = nodes[item.index];
            if (!node) return null;
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                data-change={node.change}
                className={styles.row}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <Call node={node} color={colors.get(node.service)} />
                <span role="cell">{node.a ? text(micros(node.a.duration)) : '–'}</span>
                <span role="cell">{node.b ? text(micros(node.b.duration)) : '–'}</span>
                <span role="cell">{node.a && node.b ? signed(node.b.duration - node.a.duration) : ''}</span>
                <span role="cell" className={styles.lane}>
                  <Bar side={node.a} longest={longest} letter="A" />
                  <Bar side={node.b} longest={longest} letter="B" />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Call({ node, color }: { node: ComparedCall; color: string | undefined }) {
  const words = callWords(node);
  return (
    <span role="cell" className={styles.call} style={{ paddingLeft: 16 + Math.min(node.depth, 24) * 13 }}>
      <i className={styles.band} style={{ background: color }} aria-hidden />
      <b>{node.service}</b>
      <span>
        {node.kind === 'client' ? '→ ' : ''}
        {node.operation}
      </span>
      {words && <em>{words}</em>}
    </span>
  );
}

function Bar({ side, longest, letter }: { side: ComparedCall['a']; longest: number; letter: string }) {
  const width = (us: number) => `${Math.min(100, (us / Math.max(longest, 1)) * 100)}%`;
  return (
    <span className={styles.bar}>
      <small aria-hidden>{letter}</small>
      <span>
        {side && (
          <>
            <i
              data-failed={side.errors > 0 || undefined}
              style={{ width: `max(2px, ${width(side.duration)})` }}
            />
            {side.criticalTime > 0 && <u style={{ width: `max(2px, ${width(side.criticalTime)})` }} />}
          </>
        )}
      </span>
    </span>
  );
}
