import { memo } from 'react';
import { iconPath } from '../components/Icon';
import { latency, rate, share, text } from '../model/format';
import { edgeStep, healthOf, healthWord, isTrouble } from '../model/health';
import type { MapEdge } from '../model/lens';
import type { Point } from '../model/walk';
import { arrowPath, edgePath, pointAt } from './geometry';
import type { Box, Flow } from './layout';
import type { Detail } from './viewport';
import styles from './graph.module.css';

interface Props {
  edge: MapEdge;
  points: readonly Point[];
  from: Box;
  to: Box;
  flow: Flow;
  detail: Detail;
  selected: boolean;
  related: boolean;
  dimmed: boolean;
  /** Whether dots run along it: only where there is enough traffic to say something by it. */
  flowing: boolean;
  onSelect: (id: string) => void;
  onHover: (id: string | undefined) => void;
}

const WIDTHS = [1, 1.75, 3, 4.75] as const;

export const edgeWords = (edge: MapEdge): string => {
  if (edge.delta) return edge.delta.words;
  const words = `${text(rate(edge.requestRate))} · ${text(share(edge.successShare))}`;
  return edge.parts && edge.parts.length > 1
    ? `${words} · ${edge.parts.length} calls`
    : `${words} · ${text(latency(edge.p99))}`;
};

/** One call: its width says how much, its colour only whether it is well, a lock only that it is not encrypted. */
export const EdgeMark = memo(function EdgeMark(props: Props) {
  const { edge, points, from, to, flow, detail, selected, related, dimmed, flowing, onSelect, onHover } =
    props;
  const step = edgeStep(edge.requestRate);
  const health = healthOf(edge.successShare);
  const d = edgePath(points, from, to, flow);
  const end = points.at(-1);
  const width = WIDTHS[step] ?? 1;
  const change = edge.delta?.change;
  const state = [
    styles.edge,
    selected && styles.selectedEdge,
    related && styles.related,
    dimmed ? styles.dim : change === 'same' && !related && !selected && styles.same,
    // Where two times are compared, what is as ill as it was is not the news.
    isTrouble(health) && change !== 'same' && change !== 'left' && styles[health],
    edge.stale && styles.staleEdge,
    change && styles[change],
  ];
  const open = (edge.tls === 'none' || edge.tls === 'mixed') && !edge.stale;
  const lock = open && change !== 'left' && detail !== 'mark' ? pointAt(points, 0.5) : undefined;
  const mark = isTrouble(health) && !change && detail === 'full' ? pointAt(points, 0.62) : undefined;
  const sign = change === 'came' || change === 'left' ? pointAt(points, 0.5) : undefined;
  return (
    <g
      className={state.filter(Boolean).join(' ')}
      data-edge={edge.id}
      onClick={(event) => {
        event.stopPropagation();
        onSelect(edge.id);
      }}
      onPointerEnter={() => onHover(edge.id)}
      onPointerLeave={() => onHover(undefined)}
    >
      <path
        className={styles.hit}
        d={d}
        role="button"
        tabIndex={-1}
        aria-pressed={selected}
        aria-label={`${edge.source} calls ${edge.target} over ${edge.protocol}, ${edgeWords(edge)}, ${healthWord[health]}${open ? ', not mTLS' : ''}`}
      />
      <path className={styles.line} d={d} style={{ strokeWidth: selected ? Math.max(width, 2) : width }} />
      {flowing && step > 0 && (
        <path
          className={`${styles.flow} ${styles[`flow${step}`] ?? ''}`}
          d={d}
          style={{ strokeWidth: Math.max(width, 1.6) }}
        />
      )}
      {end && <path className={styles.arrow} d={arrowPath(end, to, flow, width)} />}
      {lock && <OpenLock at={lock} />}
      {mark && (
        <path
          className={styles.trouble}
          d="M0 -6l5.6 10h-11.2z"
          transform={`translate(${mark.x}, ${mark.y})`}
        />
      )}
      {sign && change && <Sign change={change} at={sign} detail={detail} />}
    </g>
  );
});

/** A plus for what came, a cross for what left: seen from afar, and without colour. */
function Sign({ change, at, detail }: { change: string; at: Point; detail: Detail }) {
  const grown = detail === 'full' ? 1 : detail === 'name' ? 1.5 : 3;
  return (
    <g className={styles.sign} transform={`translate(${at.x}, ${at.y}) scale(${grown})`}>
      <circle r={8} />
      <path d={change === 'came' ? 'M-4 0h8M0 -4v8' : 'M-3 -3l6 6M3 -3l-6 6'} />
    </g>
  );
}

function OpenLock({ at }: { at: Point }) {
  return (
    <g className={styles.lock} transform={`translate(${at.x - 9}, ${at.y - 9})`}>
      <title>not mTLS</title>
      <circle cx={9} cy={9} r={10} />
      <path d={iconPath('unlock')} transform="translate(2.2, 1.8) scale(0.85)" />
    </g>
  );
}

/** What a label takes, in the graph's units. */
export function labelSize(words: string, scale: number) {
  return { width: (words.length * 6.5 + 16) / scale, height: 21 / scale };
}

interface LabelProps {
  words: string;
  at: Point;
  /** The middle of its edge: a label that had to give way is tied to it. */
  on: Point;
  scale: number;
}

/** Rate, success and p99, readable over whatever lies below and never over a node. */
export function EdgeLabel({ words, at, on, scale }: LabelProps) {
  const size = 12 / scale;
  const { width, height } = labelSize(words, scale);
  const away = Math.abs(on.y - at.y) > height || Math.abs(on.x - at.x) > width;
  return (
    <g className={styles.edgeLabel}>
      {away && (
        <path
          className={styles.leader}
          d={`M${at.x} ${at.y}L${on.x} ${on.y}`}
          style={{ strokeWidth: 1 / scale }}
        />
      )}
      <g transform={`translate(${at.x - width / 2}, ${at.y - height / 2})`}>
        <rect width={width} height={height} rx={5 / scale} style={{ strokeWidth: 1 / scale }} />
        <text x={width / 2} y={size * 1.23} textAnchor="middle" style={{ fontSize: size }}>
          {words}
        </text>
      </g>
    </g>
  );
}
