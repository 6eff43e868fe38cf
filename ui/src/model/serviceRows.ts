import type { Graph, GraphEdge, GraphNode } from '../api/graph';

/** A service as the list shows it: what it received, and who is at its two ends. */
export interface ServiceRow extends GraphNode {
  p50: number | null;
  /** Requests that fail there each second: what hurts most stands first. */
  failing: number;
  callers: number;
  callees: number;
  tls: 'mtls' | 'none' | 'mixed' | null;
}

export function serviceRows(graph: Graph): ServiceRow[] {
  const incoming = groupEdges(graph, 'target');
  const outgoing = groupEdges(graph, 'source');
  return graph.nodes
    .filter((node) => node.kind !== 'client')
    .map((node) => {
      const received = incoming.get(node.id) ?? [];
      const tls = new Set(received.flatMap((edge) => edge.tls ?? []));
      const [first = null] = tls;
      const [only] = received;
      return {
        ...node,
        // The median over several callers cannot be told from each one's.
        p50: received.length === 1 ? (only?.p50 ?? null) : null,
        failing: (node.requestRate ?? 0) * (1 - (node.successShare ?? 1)),
        callers: new Set(received.map((edge) => edge.source)).size,
        callees: new Set((outgoing.get(node.id) ?? []).map((edge) => edge.target)).size,
        tls: tls.size > 1 ? 'mixed' : first,
      };
    });
}

function groupEdges(graph: Graph, by: 'source' | 'target'): Map<string, GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    const group = groups.get(edge[by]);
    if (group) group.push(edge);
    else groups.set(edge[by], [edge]);
  }
  return groups;
}
