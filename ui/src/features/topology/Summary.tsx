import type { Graph } from '../../api/graph';
import { HealthMark } from '../../components/HealthMark';
import { Link } from '../../components/navigation';
import { rate, share, text } from '../../model/format';
import { summarize, worstNodes } from '../../model/summary';
import { selectionUrl } from './useTopologyView';

/** The mesh in one line; what is not well comes first, by name. */
export function Summary({ graph }: { graph: Graph }) {
  const { workloads, calls, requestRate, successShare, fromOutside, troubled } = summarize(graph);
  const worst = worstNodes(graph).slice(0, 2);
  return (
    <>
      {worst.map((node) => (
        <span key={node.id}>
          <HealthMark share={node.successShare} />{' '}
          <Link to={selectionUrl({ kind: 'node', id: node.id })}>{node.name}</Link> fails{' '}
          {text(share(1 - (node.successShare ?? 1)))} ·{' '}
        </span>
      ))}
      {troubled > worst.length && `${troubled - worst.length} more not well · `}
      {troubled === 0 && 'all healthy · '}
      {workloads} workloads · {calls} calls · {text(rate(requestRate))}{' '}
      {fromOutside ? 'from outside' : 'in all'}
      {successShare !== null && ` · ${text(share(successShare))} served`}
    </>
  );
}
