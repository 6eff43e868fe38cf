import type { Graph, GraphNode } from '../api/graph';
import { healthOf, isTrouble } from './health';

export interface Summary {
  workloads: number;
  calls: number;
  /** Of what comes from outside; where nothing does, of all calls. */
  requestRate: number;
  successShare: number | null;
  fromOutside: boolean;
  /** Nodes that are not well, and calls that are not encrypted. */
  troubled: number;
  plain: number;
}

export function summarize(graph: Graph): Summary {
  const outside = new Set(graph.nodes.filter((node) => node.kind === 'client').map((node) => node.id));
  const entering = graph.edges.filter((edge) => outside.has(edge.source));
  const counted = entering.length > 0 ? entering : graph.edges;
  const requestRate = counted.reduce((sum, edge) => sum + (edge.requestRate ?? 0), 0);
  const served = counted.reduce((sum, edge) => sum + (edge.requestRate ?? 0) * (edge.successShare ?? 1), 0);
  return {
    workloads: graph.nodes.filter((node) => node.kind === 'workload').length,
    calls: graph.edges.length,
    requestRate,
    successShare: requestRate > 0 ? served / requestRate : null,
    fromOutside: entering.length > 0,
    troubled: graph.nodes.filter((node) => isTrouble(healthOf(node.successShare))).length,
    plain: graph.edges.filter((edge) => edge.tls === 'none' || edge.tls === 'mixed').length,
  };
}

/** What is not well, by how many requests fail there each second. */
export function worstNodes(graph: Graph): GraphNode[] {
  const failing = (node: GraphNode) => (node.requestRate ?? 0) * (1 - (node.successShare ?? 1));
  return graph.nodes
    .filter((node) => isTrouble(healthOf(node.successShare)))
    .toSorted((a, b) => failing(b) - failing(a) || (a.id < b.id ? -1 : 1));
}
