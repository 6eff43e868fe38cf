import type { ELK, ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Graph } from '../api/graph';
import { namespaceOf } from '../model/lens';
import type { Point } from '../model/walk';
import { quickLayout } from './quickLayout';

/** Every node gets a slot of the largest size, so that a change of rate never moves anything. */
export const SLOT = { width: 186, height: 58 } as const;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Callers left of what they call, or above it where the window is tall. */
export type Flow = 'right' | 'down';

export interface Layout {
  flow: Flow;
  /** Which nodes and edges are placed; two graphs with one key have one layout. */
  key: string;
  /** Slots by node id. */
  nodes: ReadonlyMap<string, Box>;
  /** Frames by namespace. */
  frames: ReadonlyMap<string, Box>;
  /** Points by edge id: start, then cubic control points in threes. */
  edges: ReadonlyMap<string, readonly Point[]>;
  bounds: Box;
}

const NAMESPACE = 'namespace:';

const options = {
  'elk.algorithm': 'layered',
  'elk.randomSeed': '7',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'POLYLINE',
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.spacing.nodeNode': '30',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '14',
  'org.eclipse.elk.json.shapeCoords': 'ROOT',
  'org.eclipse.elk.json.edgeCoords': 'ROOT',
};

/** Sorted, so that the order in which the server happened to list things has no say in the picture. */
const byId = <T extends { id: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.id < b.id ? -1 : 1));

export const layoutKey = (graph: Graph): string =>
  `${byId(graph.nodes)
    .map((node) => node.id)
    .join('\n')}\n\n${byId(graph.edges)
    .map((edge) => edge.id)
    .join('\n')}`;

/** What a small graph can afford to look its best; the work grows far faster than the graph. */
function effort(nodes: number): Record<string, string> {
  if (nodes <= 120)
    return { 'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX', 'elk.layered.thoroughness': '12' };
  return { 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '3' };
}

/** Beyond these ELK takes longer than anybody waits. */
const MOST_FOR_ELK = { nodes: 250, edges: 600 };

const flowOptions: Record<Flow, Record<string, string>> = {
  right: { 'elk.direction': 'RIGHT', 'elk.layered.spacing.nodeNodeBetweenLayers': '64' },
  down: {
    'elk.direction': 'DOWN',
    'elk.layered.spacing.nodeNodeBetweenLayers': '130',
    'elk.spacing.nodeNode': '18',
  },
};

export function toElk(graph: Graph, flow: Flow): ElkNode {
  const slot = (id: string): ElkNode => ({ id, ...SLOT });
  const layoutOptions = { ...options, ...effort(graph.nodes.length), ...flowOptions[flow] };
  const root: ElkNode[] = [];
  const frames = new Map<string, ElkNode[]>();
  for (const node of byId(graph.nodes)) {
    // What is outside the mesh stands outside.
    const frame = namespaceOf(node);
    if (!frame) root.push(slot(node.id));
    else frames.set(frame, [...(frames.get(frame) ?? []), slot(node.id)]);
  }
  for (const [namespace, children] of [...frames].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    root.push({
      id: NAMESPACE + namespace,
      children,
      // A frame is a graph of its own to ELK: it inherits no spacing and no routing.
      layoutOptions: { ...layoutOptions, 'elk.padding': '[top=44,left=28,bottom=28,right=28]' },
    });
  }
  const known = new Set(graph.nodes.map((node) => node.id));
  const edges: ElkExtendedEdge[] = byId(graph.edges)
    .filter((edge) => known.has(edge.source) && known.has(edge.target))
    .map((edge) => ({ id: edge.id, sources: [edge.source], targets: [edge.target] }));
  return { id: 'root', layoutOptions, children: root, edges };
}

const box = ({ x = 0, y = 0, width = 0, height = 0 }: ElkNode): Box => ({ x, y, width, height });

export function fromElk(key: string, flow: Flow, root: ElkNode): Layout {
  const nodes = new Map<string, Box>();
  const frames = new Map<string, Box>();
  for (const child of root.children ?? []) {
    if (!child.id.startsWith(NAMESPACE)) {
      nodes.set(child.id, box(child));
      continue;
    }
    frames.set(child.id.slice(NAMESPACE.length), box(child));
    for (const inner of child.children ?? []) nodes.set(inner.id, box(inner));
  }
  const edges = new Map<string, readonly Point[]>();
  for (const edge of root.edges ?? []) {
    const section = edge.sections?.[0];
    if (section) edges.set(edge.id, curve(section, flow));
  }
  return {
    key,
    flow,
    nodes,
    frames,
    edges,
    bounds: { x: 0, y: 0, width: root.width ?? 0, height: root.height ?? 0 },
  };
}

/**
 * ELK gives the corners of a polyline; each piece becomes a cubic that leaves and arrives along the flow, so that calls
 * bend softly between the layers and run straight past the nodes of a layer. A piece against the flow stays straight.
 */
function curve({ startPoint, endPoint, bendPoints = [] }: ElkEdgeSection, flow: Flow): Point[] {
  const corners = [startPoint, ...bendPoints, endPoint];
  return corners.flatMap((to, i) => {
    const from = corners[i - 1];
    if (!from) return [to];
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    if (flow === 'right' && dx > 0)
      return [{ x: from.x + dx * 0.5, y: from.y }, { x: to.x - dx * 0.5, y: to.y }, to];
    if (flow === 'down' && dy > 0)
      return [{ x: from.x, y: from.y + dy * 0.5 }, { x: to.x, y: to.y - dy * 0.5 }, to];
    return [{ x: from.x + dx / 3, y: from.y + dy / 3 }, { x: to.x - dx / 3, y: to.y - dy / 3 }, to];
  });
}

/** Lays out in a worker that is loaded when the first graph comes; a newer graph makes an older answer void. */
export class LayoutEngine {
  private elk: Promise<ELK> | undefined;

  async layout(graph: Graph, flow: Flow): Promise<Layout> {
    if (graph.nodes.length > MOST_FOR_ELK.nodes || graph.edges.length > MOST_FOR_ELK.edges)
      return quickLayout(graph, layoutKey(graph), flow);
    this.elk ??= load();
    const elk = await this.elk;
    return fromElk(layoutKey(graph), flow, await elk.layout(toElk(graph, flow)));
  }
}

async function load(): Promise<ELK> {
  const [{ default: Elk }, { default: workerUrl }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ]);
  return new Elk({ workerUrl });
}
