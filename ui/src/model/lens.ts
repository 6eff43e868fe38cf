import type { Graph, GraphEdge, GraphNode } from '../api/graph';
import { sumDeltas, type Delta } from './diff';
import { sumFates } from './fates';
import { healthOf, isTrouble } from './health';

/** What a namespace that is drawn as one node holds. */
export interface Inside {
  ids: readonly string[];
  warning: number;
  failing: number;
}

export interface MapNode extends GraphNode {
  inside?: Inside;
  /** Set where two times or two versions are compared. */
  delta?: Delta;
}

export interface MapEdge extends GraphEdge {
  /** The calls that are drawn as this one; absent where it is one itself. */
  parts?: readonly MapEdge[];
  delta?: Delta;
}

export interface MapGraph extends Graph {
  nodes: MapNode[];
  edges: MapEdge[];
}

/** `auto` folds where a map of everything could not be read. */
export type Fold = 'auto' | 'none' | ReadonlySet<string>;

export interface Lens {
  fold: Fold;
  hideHealthy: boolean;
  focus: string | undefined;
  depth: number;
  /** Its namespace is never folded: what is chosen is seen. */
  chosen: string | undefined;
}

export interface Seen {
  graph: MapGraph;
  folded: ReadonlySet<string>;
  /** Namespaces that can be folded, by name. */
  namespaces: readonly string[];
  /** Workloads that are not drawn, by any of the means above but folding. */
  hidden: number;
}

const FOLD_ABOVE = 120;
const FOLDED = 'folded:';

export const foldedId = (namespace: string): string => FOLDED + namespace;
export const foldedNamespace = (id: string): string | undefined =>
  id.startsWith(FOLDED) ? id.slice(FOLDED.length) : undefined;

export function parseFold(text: string | null): Fold {
  if (text === null) return 'auto';
  return text === 'none' ? 'none' : new Set(text.split(',').filter(Boolean));
}

export const foldText = (folded: ReadonlySet<string>): string =>
  folded.size === 0 ? 'none' : [...folded].toSorted().join(',');

/** The graph as the map shows it: around the focus, without what is well, with namespaces folded. */
export function look(graph: MapGraph, lens: Lens): Seen {
  let shown = graph;
  if (lens.focus !== undefined) shown = around(shown, lens.focus, lens.depth);
  if (lens.hideHealthy) shown = notable(shown);
  const namespaces = namespacesOf(shown);
  const folded = new Set(
    lens.fold === 'none'
      ? []
      : lens.fold === 'auto'
        ? shown.nodes.length > FOLD_ABOVE && namespaces.length > 2
          ? namespaces
          : []
        : namespaces.filter((namespace) => lens.fold instanceof Set && lens.fold.has(namespace)),
  );
  for (const node of graph.nodes)
    if (node.namespace !== null && lens.chosen?.split('>').some((end) => end.split(':')[0] === node.id))
      folded.delete(node.namespace);
  return {
    graph: fold(shown, folded),
    folded,
    namespaces,
    hidden: graph.nodes.length - shown.nodes.length,
  };
}

const OUTSIDE = 'external';

/** Where a node is at home in the mesh, whatever it is; null for what is outside. */
export const namespaceOf = ({ namespace }: Pick<GraphNode, 'namespace'>): string | null =>
  namespace === OUTSIDE ? null : namespace;

const namespacesOf = (graph: Graph): string[] =>
  [...new Set(graph.nodes.flatMap((node) => namespaceOf(node) ?? []))].toSorted();

/** Who calls it, who calls those, and the other way what it calls: never sideways. */
function around(graph: MapGraph, focus: string, depth: number): MapGraph {
  const kept = new Set([focus]);
  for (const [here, there] of [
    ['source', 'target'],
    ['target', 'source'],
  ] as const) {
    let rim = new Set([focus]);
    for (let step = 0; step < depth && rim.size > 0; step++) {
      const next = new Set<string>();
      for (const edge of graph.edges) if (rim.has(edge[here])) next.add(edge[there]);
      for (const id of next) kept.add(id);
      rim = next;
    }
  }
  return restrict(graph, kept);
}

/** What is not well, and both ends of every call that is not; of a comparison, what differs. */
function notable(graph: MapGraph): MapGraph {
  const stands = (one: MapNode | MapEdge) =>
    one.delta ? one.delta.change !== 'same' : isTrouble(healthOf(one.successShare));
  const edges = graph.edges.filter(stands);
  const kept = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  for (const node of graph.nodes) if (stands(node)) kept.add(node.id);
  return { ...graph, nodes: graph.nodes.filter((node) => kept.has(node.id)), edges };
}

const restrict = (graph: MapGraph, kept: ReadonlySet<string>): MapGraph => ({
  ...graph,
  nodes: graph.nodes.filter((node) => kept.has(node.id)),
  edges: graph.edges.filter((edge) => kept.has(edge.source) && kept.has(edge.target)),
});

function fold(graph: MapGraph, folded: ReadonlySet<string>): MapGraph {
  if (folded.size === 0) return graph;
  const groups = new Map<string, MapNode[]>();
  const nodes: MapNode[] = [];
  const drawnAs = new Map<string, string>();
  for (const node of graph.nodes) {
    const namespace = namespaceOf(node);
    if (namespace === null || !folded.has(namespace)) {
      nodes.push(node);
      drawnAs.set(node.id, node.id);
      continue;
    }
    groups.set(namespace, [...(groups.get(namespace) ?? []), node]);
    drawnAs.set(node.id, foldedId(namespace));
  }
  for (const [namespace, members] of groups) nodes.push(foldedNode(namespace, members));

  const edges: MapEdge[] = [];
  const bundles = new Map<string, MapEdge[]>();
  for (const edge of graph.edges) {
    const source = drawnAs.get(edge.source) ?? edge.source;
    const target = drawnAs.get(edge.target) ?? edge.target;
    if (source === edge.source && target === edge.target) edges.push(edge);
    else if (source !== target) {
      const id = `${source}>${target}:${edge.protocol}`;
      bundles.set(id, [...(bundles.get(id) ?? []), edge]);
    }
  }
  for (const [id, parts] of bundles) {
    const first = parts[0];
    if (first)
      edges.push(
        bundle(
          id,
          parts,
          drawnAs.get(first.source) ?? first.source,
          drawnAs.get(first.target) ?? first.target,
        ),
      );
  }
  return { ...graph, nodes, edges };
}

interface Measured {
  requestRate: number | null;
  successShare: number | null;
}

const rateOf = (parts: readonly Measured[]) => parts.reduce((sum, part) => sum + (part.requestRate ?? 0), 0);

/** Of all requests together; what nobody asked has no say. */
export function shareOf(parts: readonly Measured[]): number | null {
  const asked = parts.filter((part) => part.successShare !== null && (part.requestRate ?? 0) > 0);
  const all = rateOf(asked);
  if (all === 0) return null;
  const served = asked.reduce((sum, part) => sum + (part.requestRate ?? 0) * (part.successShare ?? 0), 0);
  return Math.min(1, served / all);
}

function withDelta(parts: readonly { delta?: Delta }[]): { delta?: Delta } {
  const delta = sumDeltas(parts.map((part) => part.delta));
  return delta ? { delta } : {};
}

const howMany = (parts: readonly Measured[], health: string) =>
  parts.filter((part) => healthOf(part.successShare) === health).length;

function foldedNode(namespace: string, members: readonly MapNode[]): MapNode {
  return {
    ...withDelta(members),
    id: foldedId(namespace),
    namespace: null,
    name: namespace,
    kind: 'namespace',
    versions: [],
    requestRate: rateOf(members),
    successShare: shareOf(members),
    // Quantiles of different workloads do not add up to one.
    p99: null,
    stale: members.every((member) => member.stale),
    inside: {
      ids: members.map((member) => member.id),
      warning: howMany(members, 'warning'),
      failing: howMany(members, 'failing'),
    },
  };
}

function bundle(id: string, parts: readonly MapEdge[], source: string, target: string): MapEdge {
  const sum = (of: (edge: GraphEdge) => number | null) =>
    parts.reduce((total, edge) => total + (of(edge) ?? 0), 0);
  const only = parts.length === 1 ? parts[0] : undefined;
  const tls = new Set(parts.flatMap((edge) => edge.tls ?? []));
  const [first = null] = tls;
  return {
    ...withDelta(parts),
    id,
    source,
    target,
    protocol: parts[0]?.protocol ?? '',
    requests: sum((edge) => edge.requests),
    received: sum((edge) => edge.received),
    requestRate: rateOf(parts),
    successShare: shareOf(parts),
    p50: only?.p50 ?? null,
    p90: only?.p90 ?? null,
    p99: only?.p99 ?? null,
    retries: sum((edge) => edge.retries),
    bytesReceived: sum((edge) => edge.bytesReceived),
    bytesSent: sum((edge) => edge.bytesSent),
    fates: sumFates(parts.map((edge) => edge.fates)),
    tls: tls.size > 1 ? 'mixed' : first,
    versions: [],
    routes: [],
    lastSeen: Math.max(...parts.map((edge) => edge.lastSeen)),
    stale: parts.every((edge) => edge.stale),
    parts,
  };
}

/** How a node stands on the map: a folded namespace is as ill as the worst within it. */
export function nodeHealth(node: MapNode) {
  if (!node.inside) return healthOf(node.successShare);
  if (node.inside.failing > 0) return 'failing';
  return node.inside.warning > 0 ? 'warning' : healthOf(node.successShare);
}
