import type { Graph, GraphEdge, GraphNode } from '../../api/graph';
import { url, type Params } from '../../components/navigation';
import { spanParams, type TimeSpan } from '../../model/timeRange';

/** The search for the traces of something, in the time that the page is of unless another is given. */
export type TracesOf = (more?: Params, tags?: readonly string[]) => string;

/** Of what failed. */
export const FAILED = ['error=true'];

export const tracesOfNode =
  (node: Pick<GraphNode, 'name'>, time: TimeSpan): TracesOf =>
  (more = {}, tags = []) =>
    url('/traces', { service: node.name, ...spanParams(time), ...more, tags: tags.join(' ') });

/** A caller outside the mesh writes no spans: its calls are found by the receiver's. */
export function tracesOfEdge(
  graph: Graph,
  edge: Pick<GraphEdge, 'source' | 'target'>,
  time: TimeSpan,
): TracesOf {
  const source = graph.nodes.find((node) => node.id === edge.source);
  const target = graph.nodes.find((node) => node.id === edge.target);
  const known = source?.kind === 'workload';
  const peer = known && target ? [`service.peer.name=${target.name}`] : [];
  return (more = {}, tags = []) =>
    url('/traces', {
      service: known ? source.name : target?.name,
      ...spanParams(time),
      ...more,
      tags: [...peer, ...tags].join(' '),
    });
}
