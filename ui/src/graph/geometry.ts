import type { Point } from '../model/walk';
import type { Box, Flow } from './layout';

/** Drawn sizes by the node's step; always centred in the slot, so that a step moves nothing else. */
export const NODE_SIZES = [
  { width: 156, height: 46 },
  { width: 172, height: 52 },
  { width: 186, height: 58 },
] as const;

export function nodeBox(slot: Box, step: number): Box {
  const { width, height } = NODE_SIZES[step] ?? NODE_SIZES[0];
  return { x: slot.x + (slot.width - width) / 2, y: slot.y + (slot.height - height) / 2, width, height };
}

/** The curve from border to border: nodes smaller than their slots get a straight stub. */
export function edgePath(points: readonly Point[], from: Box, to: Box, flow: Flow): string {
  const [start, ...rest] = points;
  const end = points.at(-1);
  if (!start || !end) return '';
  const right = flow === 'right';
  const begin = leavesBack(start, from, flow)
    ? { x: from.x, y: from.y }
    : { x: from.x + from.width, y: from.y + from.height };
  let d = right ? `M${begin.x} ${start.y}` : `M${start.x} ${begin.y}`;
  d += `L${start.x} ${start.y}`;
  for (let i = 0; i + 2 < rest.length; i += 3) {
    d += `C${rest
      .slice(i, i + 3)
      .map((point) => `${round(point.x)} ${round(point.y)}`)
      .join(' ')}`;
  }
  const tip = arrivesBack(end, to, flow)
    ? { x: to.x + to.width + ARROW, y: to.y + to.height + ARROW }
    : { x: to.x - ARROW, y: to.y - ARROW };
  return d + (right ? `L${tip.x} ${end.y}` : `L${end.x} ${tip.y}`);
}

/** A call against the flow leaves at the near border and arrives at the far one. */
const leavesBack = (start: Point, from: Box, flow: Flow): boolean =>
  flow === 'right' ? start.x < from.x + from.width / 2 : start.y < from.y + from.height / 2;
const arrivesBack = (end: Point, to: Box, flow: Flow): boolean =>
  flow === 'right' ? end.x > to.x + to.width / 2 : end.y > to.y + to.height / 2;

/** Room that the arrow head takes before the callee's border. */
export const ARROW = 7;

const round = (x: number) => Math.round(x * 10) / 10;

/** The head that ends an edge at the callee's border. */
export function arrowPath(end: Point, to: Box, flow: Flow, width: number): string {
  const half = 3 + width * 0.55;
  const back = arrivesBack(end, to, flow);
  const length = (ARROW + width * 0.4) * (back ? -1 : 1);
  return flow === 'right'
    ? `M${back ? to.x + to.width : to.x} ${end.y}l${-length} ${-half}v${2 * half}z`
    : `M${end.x} ${back ? to.y + to.height : to.y}l${-half} ${-length}h${2 * half}z`;
}

/** A point on the curve, `t` in 0..1 by arc length (measured on a polyline of 12 pieces a cubic). */
export function pointAt(points: readonly Point[], t: number): Point {
  const line = flatten(points);
  const lengths = line.map((point, i) => {
    const before = line[i - 1];
    return before ? Math.hypot(point.x - before.x, point.y - before.y) : 0;
  });
  let left = lengths.reduce((sum, length) => sum + length, 0) * t;
  for (let i = 1; i < line.length; i++) {
    const length = lengths[i] ?? 0;
    const a = line[i - 1];
    const b = line[i];
    if (!a || !b) break;
    if (left <= length) {
      const part = length === 0 ? 0 : left / length;
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    }
    left -= length;
  }
  return line.at(-1) ?? { x: 0, y: 0 };
}

function flatten(points: readonly Point[]): Point[] {
  const first = points[0];
  if (!first) return [];
  const line: Point[] = [first];
  for (let i = 0; i + 3 < points.length; i += 3) {
    const [a, b, c, d] = points.slice(i, i + 4);
    if (!a || !b || !c || !d) break;
    for (let k = 1; k <= 12; k++) {
      const t = k / 12;
      const u = 1 - t;
      const mix = (p: number, q: number, r: number, s: number) =>
        u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
      line.push({ x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) });
    }
  }
  return line;
}

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The box around some points, with a margin. */
export function around(points: readonly Point[], margin: number): Box {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs) - margin;
  const y = Math.min(...ys) - margin;
  return { x, y, width: Math.max(...xs) + margin - x, height: Math.max(...ys) + margin - y };
}

/**
 * Where a label of this size hides no node: on the curve if it can, else a step above or below it, at its middle or
 * towards one of its ends. Where every place is taken, the middle.
 */
export function placeLabel(
  points: readonly Point[],
  size: { width: number; height: number },
  nodes: readonly Box[],
): Point {
  const boxAt = (at: Point): Box => ({ x: at.x - size.width / 2, y: at.y - size.height / 2, ...size });
  const spots = [0.5, 0.35, 0.65].map((t) => pointAt(points, t));
  for (const lift of [0, -1.2, 1.2, -2.4, 2.4, -3.6, 3.6, -4.8, 4.8]) {
    for (const spot of spots) {
      const at = { x: spot.x, y: spot.y + lift * size.height };
      if (!nodes.some((node) => overlaps(node, boxAt(at)))) return at;
    }
  }
  return spots[0] ?? { x: 0, y: 0 };
}
