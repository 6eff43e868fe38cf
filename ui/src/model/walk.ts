import type { Graph } from '../api/graph';

export interface Selection {
  kind: 'node' | 'edge';
  id: string;
}
export type Direction = 'left' | 'right' | 'up' | 'down';
export interface Point {
  x: number;
  y: number;
}

/**
 * Where an arrow key leads. Right from a node is its busiest call, right again the callee; left the same way back to
 * the callers; up and down the neighbouring call of the same node, or the neighbouring node of the same column.
 */
export function walk(
  graph: Graph,
  at: (nodeId: string) => Point | undefined,
  from: Selection | undefined,
  direction: Direction,
): Selection | undefined {
  if (!from) return firstNode(graph, at);
  if (from.kind === 'node') {
    if (direction === 'up' || direction === 'down') return neighbour(graph, at, from.id, direction);
    const calls = graph.edges.filter(
      (edge) => (direction === 'right' ? edge.source : edge.target) === from.id,
    );
    const busiest = calls.toSorted(
      (a, b) => (b.requestRate ?? 0) - (a.requestRate ?? 0) || (a.id < b.id ? -1 : 1),
    )[0];
    return busiest && { kind: 'edge', id: busiest.id };
  }
  const edge = graph.edges.find((candidate) => candidate.id === from.id);
  if (!edge) return firstNode(graph, at);
  if (direction === 'right') return { kind: 'node', id: edge.target };
  if (direction === 'left') return { kind: 'node', id: edge.source };
  const siblings = graph.edges
    .filter((candidate) => candidate.source === edge.source)
    .toSorted((a, b) => (at(a.target)?.y ?? 0) - (at(b.target)?.y ?? 0) || (a.id < b.id ? -1 : 1));
  const next =
    siblings[siblings.findIndex((candidate) => candidate.id === edge.id) + (direction === 'down' ? 1 : -1)];
  return next && { kind: 'edge', id: next.id };
}

function firstNode(graph: Graph, at: (nodeId: string) => Point | undefined): Selection | undefined {
  const first = graph.nodes
    .filter((node) => at(node.id))
    .toSorted(
      (a, b) => (at(a.id)?.x ?? 0) - (at(b.id)?.x ?? 0) || (at(a.id)?.y ?? 0) - (at(b.id)?.y ?? 0),
    )[0];
  return first && { kind: 'node', id: first.id };
}

/** The closest node above or below, sideways distance counting double, so that the walk keeps to its column. */
function neighbour(
  graph: Graph,
  at: (nodeId: string) => Point | undefined,
  id: string,
  direction: 'up' | 'down',
): Selection | undefined {
  const here = at(id);
  if (!here) return undefined;
  const sign = direction === 'down' ? 1 : -1;
  let best: { id: string; cost: number } | undefined;
  for (const node of graph.nodes) {
    const there = at(node.id);
    if (!there || node.id === id) continue;
    const away = (there.y - here.y) * sign;
    if (away <= 1) continue;
    const cost = away + 2 * Math.abs(there.x - here.x);
    if (!best || cost < best.cost) best = { id: node.id, cost };
  }
  return best && { kind: 'node', id: best.id };
}
