import type { Graph } from '../api/graph';
import { namespaceOf } from '../model/lens';
import type { Point } from '../model/walk';
import type { Box, Flow, Layout } from './layout';

const SLOT = { width: 186, height: 58 };
const ALONG = 76;
const ACROSS = 16;
/** More callers than this in one layer stand in several columns. */
const TALLEST = 22;
/** The name of a namespace stands above its nodes and grows against the zoom. */
const PAD = { top: 120, side: 28 };
const GAP = 90;
const ASPECT = 1.7;

interface Block {
  namespace: string | undefined;
  nodes: Map<string, Box>;
  width: number;
  height: number;
}

/**
 * The layout of a mesh too large for ELK, which takes half a minute over thousands of edges: each namespace is a block in
 * layers of its own, ordered by where its neighbours stand, and the blocks fill rows. Milliseconds, and as seedless and
 * stable as the other: it depends on the sets of nodes and edges alone, which come sorted.
 */
export function quickLayout(graph: Graph, key: string, flow: Flow): Layout {
  const groups = new Map<string, string[]>();
  for (const node of graph.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const group = namespaceOf(node) ?? '';
    groups.set(group, [...(groups.get(group) ?? []), node.id]);
  }
  const calls = graph.edges
    .map((edge): [string, string] => [edge.source, edge.target])
    .toSorted(([a, b], [c, d]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1));
  const blocks = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, ids]) => blockOf(group || undefined, ids, calls, flow));

  const nodes = new Map<string, Box>();
  const frames = new Map<string, Box>();
  const bounds = pack(blocks, (block, x, y) => {
    for (const [id, box] of block.nodes) nodes.set(id, { ...box, x: box.x + x, y: box.y + y });
    if (block.namespace) frames.set(block.namespace, { x, y, width: block.width, height: block.height });
  });
  const edges = new Map<string, readonly Point[]>();
  for (const edge of graph.edges) {
    const from = nodes.get(edge.source);
    const to = nodes.get(edge.target);
    if (from && to) edges.set(edge.id, cubic(from, to, flow));
  }
  return { key, flow, nodes, frames, edges, bounds };
}

function blockOf(
  namespace: string | undefined,
  ids: readonly string[],
  calls: readonly [string, string][],
  flow: Flow,
): Block {
  const inside = new Set(ids);
  const own = calls.filter(([from, to]) => inside.has(from) && inside.has(to) && from !== to);
  const columns = orderLayers(layersOf(ids, own), own).flatMap(wrapped);
  const nodes = new Map<string, Box>();
  const right = flow === 'right';
  const along = (right ? SLOT.width : SLOT.height) + ALONG;
  const across = (right ? SLOT.height : SLOT.width) + ACROSS;
  const tallest = Math.max(...columns.map((column) => column.length));
  columns.forEach((column, i) => {
    const offset = ((tallest - column.length) * across) / 2;
    column.forEach((id, k) => {
      const main = i * along;
      const cross = offset + k * across;
      const [x, y] = right ? [main, cross] : [cross, main];
      nodes.set(id, { x: x + PAD.side, y: y + PAD.top, ...SLOT });
    });
  });
  const main = columns.length * along - ALONG;
  const cross = tallest * across - ACROSS;
  return {
    namespace,
    nodes,
    width: (right ? main : cross) + 2 * PAD.side,
    height: (right ? cross : main) + PAD.top + PAD.side,
  };
}

function wrapped(layer: string[]): string[][] {
  const parts = Math.ceil(layer.length / TALLEST);
  const size = Math.ceil(layer.length / parts);
  return Array.from({ length: parts }, (_, i) => layer.slice(i * size, (i + 1) * size));
}

/** Each node one layer below its lowest caller; calls that close a circle count for nothing. */
function layersOf(ids: readonly string[], calls: readonly [string, string][]): string[][] {
  const callees = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, to] of calls) callees.get(from)?.push(to);
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const forward: [string, string][] = [];
  for (const root of ids) {
    const stack: [string, number][] = state.has(root) ? [] : [[root, 0]];
    if (stack.length > 0) state.set(root, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const [id] = top;
      const next = callees.get(id)?.[top[1]++];
      if (next === undefined) {
        state.set(id, 'done');
        order.push(id);
        stack.pop();
      } else if (state.get(next) !== 'open') {
        forward.push([id, next]);
        if (!state.has(next)) {
          state.set(next, 'open');
          stack.push([next, 0]);
        }
      }
    }
  }
  const after = new Map<string, string[]>();
  for (const [from, to] of forward) after.set(from, [...(after.get(from) ?? []), to]);
  const depth = new Map<string, number>();
  for (const id of order.toReversed()) {
    const own = depth.get(id) ?? 0;
    depth.set(id, own);
    for (const to of after.get(id) ?? []) depth.set(to, Math.max(depth.get(to) ?? 0, own + 1));
  }
  const layers: string[][] = [];
  for (const id of ids) (layers[depth.get(id) ?? 0] ??= []).push(id);
  return layers.filter((layer) => layer.length > 0);
}

/** A few sweeps, each putting a node at the mean place of its neighbours in the layers before, then after. */
function orderLayers(layers: string[][], calls: readonly [string, string][]): string[][] {
  const neighbours = { before: new Map<string, string[]>(), after: new Map<string, string[]>() };
  for (const [from, to] of calls) {
    neighbours.before.set(to, [...(neighbours.before.get(to) ?? []), from]);
    neighbours.after.set(from, [...(neighbours.after.get(from) ?? []), to]);
  }
  const place = new Map<string, number>();
  const settle = (layer: string[]) => layer.forEach((id, i) => place.set(id, (i + 0.5) / layer.length));
  layers.forEach(settle);
  let ordered = layers;
  for (const side of ['before', 'after', 'before', 'after', 'before'] as const) {
    ordered = ordered.map((layer) => {
      const mean = new Map(
        layer.map((id) => {
          const near = neighbours[side].get(id) ?? [];
          const sum = near.reduce((total, other) => total + (place.get(other) ?? 0), 0);
          return [id, near.length > 0 ? sum / near.length : (place.get(id) ?? 0)];
        }),
      );
      const next = layer.toSorted((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || (a < b ? -1 : 1));
      settle(next);
      return next;
    });
  }
  return ordered;
}

/** Rows of blocks, the largest first, about as wide as a screen is to its height. */
function pack(blocks: readonly Block[], put: (block: Block, x: number, y: number) => void): Box {
  const area = blocks.reduce((sum, block) => sum + (block.width + GAP) * (block.height + GAP), 0);
  const wide = Math.max(Math.sqrt(area * ASPECT), ...blocks.map((block) => block.width));
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  for (const block of blocks.toSorted((a, b) => b.height - a.height)) {
    if (x > 0 && x + block.width > wide) {
      y += rowHeight + GAP;
      x = 0;
      rowHeight = 0;
    }
    put(block, x, y);
    x += block.width + GAP;
    rowHeight = Math.max(rowHeight, block.height);
    width = Math.max(width, x - GAP);
  }
  return { x: 0, y: 0, width, height: y + rowHeight };
}

/** From border to border along the flow; a call against it bends back around. */
function cubic(from: Box, to: Box, flow: Flow): Point[] {
  const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  if (flow === 'right') {
    const a = { x: from.x + from.width, y: middle(from).y };
    const b = { x: to.x, y: middle(to).y };
    const bend = Math.max(30, Math.abs(b.x - a.x) * 0.5);
    return [a, { x: a.x + bend, y: a.y }, { x: b.x - bend, y: b.y }, b];
  }
  const a = { x: middle(from).x, y: from.y + from.height };
  const b = { x: middle(to).x, y: to.y };
  const bend = Math.max(24, Math.abs(b.y - a.y) * 0.5);
  return [a, { x: a.x, y: a.y + bend }, { x: b.x, y: b.y - bend }, b];
}
