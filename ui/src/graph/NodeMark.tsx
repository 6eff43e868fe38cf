import { memo } from 'react';
import { iconPath, kindIcon } from '../components/Icon';
import { rate as formatRate, share as formatShare, text } from '../model/format';
import { healthWord, isTrouble } from '../model/health';
import { spark, type Sample } from '../model/history';
import { nodeHealth, type MapNode } from '../model/lens';
import type { VersionShare } from '../model/versions';
import { fitText } from './fitText';
import type { Box } from './layout';
import type { Detail } from './viewport';
import styles from './graph.module.css';

interface Props {
  node: MapNode;
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
  onOpen: (id: string) => void;
}

const PAD = 11;

/** A workload: its name, a line of its rate, and only when it is not well the share of requests that fail. */
export const NodeMark = memo(function NodeMark(props: Props) {
  const { node, box, rate, detail, selected, dimmed, tabbable, onSelect, onOpen } = props;
  const health = nodeHealth(node);
  const trouble = isTrouble(health);
  const change = node.delta?.change;
  const state = [
    styles.node,
    selected && styles.selected,
    dimmed ? styles.dim : change === 'same' && !selected && styles.same,
    node.stale && styles.staleNode,
    trouble && change !== 'same' && change !== 'left' && styles[health],
    node.inside && styles.foldedNode,
    change && styles[change],
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
      onDoubleClick={() => onOpen(node.id)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        if (selected) onOpen(node.id);
        else onSelect(node.id);
      }}
    >
      {selected && (
        <rect className={styles.halo} x={-4} y={-4} width={box.width + 8} height={box.height + 8} rx={9} />
      )}
      {node.inside && detail !== 'mark' && (
        <rect className={styles.behind} x={4} y={4} width={box.width} height={box.height} rx={6} />
      )}
      <rect
        className={styles.body}
        width={box.width}
        height={box.height}
        rx={6}
        role="button"
        tabIndex={tabbable ? 0 : -1}
        aria-pressed={selected}
        aria-label={labelOf(node, rate, detail)}
      />
      {/* Said by the label already, in a better order. */}
      <g aria-hidden>
        {detail === 'full' && <Full {...props} />}
        {detail === 'name' && <NameOnly {...props} />}
      </g>
    </g>
  );
}, looksTheSame);

function labelOf(node: MapNode, rate: number, detail: Detail): string {
  const health = healthWord[nodeHealth(node)];
  const change = node.delta && node.delta.change !== 'same' ? `, ${node.delta.words}` : '';
  if (detail === 'mark') return `${node.name}, ${health}${change}`;
  const inside = node.inside ? `, ${node.inside.ids.length} workloads` : '';
  return `${node.name}${inside}, ${text(formatRate(rate))}, ${health}${change}`;
}

/** From far away a node shows only its health; a thousand of them need not be rendered anew with each event. */
function looksTheSame(a: Props, b: Props): boolean {
  const boxes =
    a.box.x === b.box.x &&
    a.box.y === b.box.y &&
    a.box.width === b.box.width &&
    a.box.height === b.box.height;
  const same =
    boxes &&
    a.detail === b.detail &&
    a.selected === b.selected &&
    a.dimmed === b.dimmed &&
    a.tabbable === b.tabbable &&
    a.onSelect === b.onSelect &&
    a.onOpen === b.onOpen &&
    a.node.stale === b.node.stale &&
    a.node.delta?.change === b.node.delta?.change &&
    nodeHealth(a.node) === nodeHealth(b.node);
  if (!same || a.detail === 'mark') return same;
  return (
    a.textScale === b.textScale &&
    a.node === b.node &&
    a.rate === b.rate &&
    a.lineEnd === b.lineEnd &&
    a.versions === b.versions
  );
}

function Full({ node, box, rate, line, versions, textScale }: Props) {
  const { delta } = node;
  const failing = isTrouble(nodeHealth(node)) && (!delta || delta.change === 'changed');
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
      {delta && delta.change !== 'same' && (
        <text className={styles.was} x={PAD} y={box.height - 9} style={{ fontSize: 12 * textScale }}>
          {fitText(delta.words, graphWidth / textScale, 12, 400)}
        </text>
      )}
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
      {failing && <Badge label={badgeOf(node)} x={box.width - 8} />}
    </>
  );
}

/** The share of requests that fail; of a folded namespace, how many of its workloads are not well. */
const badgeOf = (node: MapNode): string =>
  node.inside
    ? `${node.inside.failing + node.inside.warning} of ${node.inside.ids.length}`
    : text(formatShare(1 - (node.successShare ?? 1)));

/** Sits on the border's top right: a triangle and a number, so that it is seen without its colour too. */
function Badge({ label, x }: { label: string; x: number }) {
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
      {isTrouble(nodeHealth(node)) && (
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
