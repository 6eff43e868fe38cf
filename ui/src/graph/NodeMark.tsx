import { memo } from 'react';
import type { GraphNode } from '../api/graph';
import { iconPath, kindIcon } from '../components/Icon';
import { rate as formatRate, share as formatShare, text } from '../model/format';
import { healthOf, healthWord, isTrouble } from '../model/health';
import { spark, type Sample } from '../model/history';
import type { VersionShare } from '../model/versions';
import { fitText } from './fitText';
import type { Box } from './layout';
import type { Detail } from './viewport';
import styles from './graph.module.css';

interface Props {
  node: GraphNode;
  box: Box;
  rate: number;
  line: readonly Sample[];
  /** Changes when the line grew; the line itself is one growing array. */
  lineEnd: number;
  versions: VersionShare[] | undefined;
  detail: Detail;
  /** Above 1 where the map is zoomed out: text then grows in the graph's units to stay legible on the screen. */
  textScale: number;
  selected: boolean;
  dimmed: boolean;
  tabbable: boolean;
  onSelect: (id: string) => void;
}

const PAD = 11;

/** A workload: its name, a line of its rate, and only when it is not well the share of requests that fail. */
export const NodeMark = memo(function NodeMark(props: Props) {
  const { node, box, rate, detail, selected, dimmed, tabbable, onSelect } = props;
  const health = healthOf(node.successShare);
  const trouble = isTrouble(health);
  const state = [
    styles.node,
    selected && styles.selected,
    dimmed && styles.dim,
    node.stale && styles.staleNode,
    trouble && styles[health],
  ];
  return (
    <g
      className={state.filter(Boolean).join(' ')}
      style={{ transform: `translate(${box.x}px, ${box.y}px)` }}
      data-node={node.id}
      onClick={(event) => {
        event.stopPropagation();
        onSelect(node.id);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect(node.id);
      }}
    >
      {selected && (
        <rect className={styles.halo} x={-4} y={-4} width={box.width + 8} height={box.height + 8} rx={9} />
      )}
      <rect
        className={styles.body}
        width={box.width}
        height={box.height}
        rx={6}
        role="button"
        tabIndex={tabbable ? 0 : -1}
        aria-pressed={selected}
        aria-label={`${node.name}, ${text(formatRate(rate))}, ${healthWord[health]}`}
      />
      {/* Said by the label already, in a better order. */}
      <g aria-hidden>
        {detail === 'full' && <Full {...props} />}
        {detail === 'name' && <NameOnly {...props} />}
      </g>
    </g>
  );
});

function Full({ node, box, rate, line, versions, textScale }: Props) {
  const failing = isTrouble(healthOf(node.successShare));
  const ring = versions ? 18 : 0;
  const figure = formatRate(rate);
  const room = box.width - 2 * PAD - 20 - ring;
  const graphWidth = box.width - 2 * PAD - 52;
  const graphHeight = box.height - 33;
  const shape = spark(line, graphWidth, graphHeight);
  return (
    <>
      <path
        className={styles.kind}
        d={iconPath(kindIcon(node.kind))}
        transform={`translate(${PAD - 1}, 7.5) scale(0.875)`}
      />
      <text className={styles.name} x={PAD + 19} y={19} style={{ fontSize: 13 * textScale }}>
        {fitText(node.name, room / textScale, 13, 550)}
      </text>
      {versions && <VersionRing versions={versions} x={box.width - PAD - 6} y={14.5} />}
      {shape && (
        <g transform={`translate(${PAD}, 26)`}>
          <path className={styles.sparkArea} d={shape.area} />
          <path className={styles.spark} d={shape.line} />
        </g>
      )}
      <text
        className={styles.rate}
        x={box.width - PAD}
        y={box.height - 9}
        textAnchor="end"
        style={{ fontSize: 12 * textScale }}
      >
        {figure.value}
        <tspan className={styles.rateUnit}>{figure.unit}</tspan>
      </text>
      {failing && <FailedShare share={1 - (node.successShare ?? 1)} x={box.width - 8} />}
    </>
  );
}

/** Sits on the border's top right: a triangle and a number, so that it is seen without its colour too. */
function FailedShare({ share, x }: { share: number; x: number }) {
  const label = text(formatShare(share));
  const width = 27 + label.length * 6.9;
  return (
    <g className={styles.badge} transform={`translate(${x - width}, -14.5)`}>
      <rect width={width} height={19} rx={9.5} />
      <path d="M11 5.2l4.4 7.8H6.6z" />
      <text x={19} y={13.6}>
        {label}
      </text>
    </g>
  );
}

function NameOnly({ node, box, textScale }: Props) {
  const size = 12.5 * textScale;
  const label = fitText(node.name, (box.width - 6 * textScale) / textScale, 12.5, 550);
  return (
    <>
      <text
        className={styles.name}
        x={box.width / 2}
        y={box.height / 2 + size * 0.36}
        textAnchor="middle"
        style={{ fontSize: size }}
      >
        {label}
      </text>
      {isTrouble(healthOf(node.successShare)) && (
        <path
          className={styles.corner}
          d="M0 -7l6.5 11.5h-13z"
          transform={`translate(${box.width}, 0) scale(${textScale})`}
        />
      )}
    </>
  );
}

const RADIUS = 4.5;
const ROUND = 2 * Math.PI * RADIUS;
const ramp = [100, 70, 45, 25];

function VersionRing({ versions, x, y }: { versions: VersionShare[]; x: number; y: number }) {
  return (
    <g transform={`translate(${x}, ${y}) rotate(-90)`}>
      <title>{versions.map((v) => `${v.version} ${text(formatShare(v.share))}`).join(' · ')}</title>
      {versions.map((v, i) => {
        const start = versions.slice(0, i).reduce((sum, before) => sum + before.share, 0);
        // The largest version is the quiet ground; what is being tried stands out.
        const strength = i === 0 ? undefined : (ramp[i - 1] ?? 25);
        return (
          <circle
            key={v.version}
            r={RADIUS}
            className={i === 0 ? styles.ringGround : styles.ring}
            style={strength ? { opacity: strength / 100 } : undefined}
            strokeDasharray={`${Math.max(v.share * ROUND - 1, 0.6)} ${ROUND}`}
            strokeDashoffset={-start * ROUND}
          />
        );
      })}
    </g>
  );
}
