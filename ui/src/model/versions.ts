import type { Graph } from '../api/graph';

export interface VersionShare {
  version: string;
  share: number;
}

/** How a node's incoming requests divide over its versions, the largest first; empty where there is no split. */
export function versionSplit(graph: Graph): Map<string, VersionShare[]> {
  const rates = new Map<string, Map<string, number>>();
  for (const edge of graph.edges) {
    const ofNode = rates.get(edge.target) ?? new Map<string, number>();
    for (const { version, requestRate } of edge.versions) {
      if (version) ofNode.set(version, (ofNode.get(version) ?? 0) + (requestRate ?? 0));
    }
    rates.set(edge.target, ofNode);
  }
  const split = new Map<string, VersionShare[]>();
  for (const [node, versions] of rates) {
    const total = [...versions.values()].reduce((sum, rate) => sum + rate, 0);
    if (versions.size < 2 || total === 0) continue;
    split.set(
      node,
      [...versions]
        .map(([version, rate]) => ({ version, share: rate / total }))
        .toSorted((a, b) => b.share - a.share || (a.version < b.version ? -1 : 1)),
    );
  }
  return split;
}
