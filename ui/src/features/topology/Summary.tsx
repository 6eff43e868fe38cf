import type { Graph } from '../../api/graph';
import { rate, share, text } from '../../model/format';
import { summarize } from '../../model/summary';

/** The mesh in one line. */
export function Summary({ graph }: { graph: Graph }) {
  const { workloads, calls, requestRate, successShare, fromOutside } = summarize(graph);
  return (
    <>
      {workloads} workloads · {calls} calls · {text(rate(requestRate))}{' '}
      {fromOutside ? 'from outside' : 'in all'}
      {successShare !== null && ` · ${text(share(successShare))} served`}
    </>
  );
}
