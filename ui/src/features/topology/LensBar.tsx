import { Icon } from '../../components/Icon';
import type { MapGraph, Seen } from '../../model/lens';
import { summarize } from '../../model/summary';
import { toggleFold } from './useKeys';
import { depths, go, type TopologyView } from './useTopologyView';
import styles from './topology.module.css';

/** What of the graph the map shows: on the map itself, since it concerns nothing else. */
export function LensBar({ seen, view, graph }: { seen: Seen; view: TopologyView; graph: MapGraph }) {
  const compared = view.comparison !== undefined;
  const notable = compared
    ? graph.edges.filter((edge) => edge.delta && edge.delta.change !== 'same').length
    : summarize(graph).troubled;
  const focused = graph.nodes.find((node) => node.id === view.focus)?.name ?? view.focus;
  return (
    <div className={styles.lens} data-testid="lens">
      <button
        type="button"
        aria-pressed={view.hideHealthy}
        title={compared ? 'Draw only what differs (h)' : 'Draw only what is not well, and who calls it (h)'}
        onClick={() => go.hideHealthy(!view.hideHealthy)}
      >
        <Icon name={compared ? 'diff' : 'triangle'} size={14} />
        {compared ? 'Only what differs' : 'Hide healthy'}
        <b>{notable === 0 ? '' : notable}</b>
      </button>
      {(seen.namespaces.length > 1 || seen.folded.size > 0) && (
        <button
          type="button"
          aria-pressed={seen.folded.size > 0}
          title="Draw each namespace as one node (n); double-click one to open it"
          onClick={() => toggleFold(seen)}
        >
          <Icon name="namespace" size={14} />
          Fold namespaces
        </button>
      )}
      {view.focus !== undefined && (
        <span className={styles.chip}>
          <Icon name="focus" size={14} />
          Around <b>{focused}</b>
          <select
            aria-label="How far around"
            value={view.depth}
            onChange={(event) => go.depth(Number(event.target.value))}
          >
            {depths.map((depth) => (
              <option key={depth} value={depth}>
                {depth === 1 ? '1 call away' : depth === 9 ? 'all the way' : `${depth} calls away`}
              </option>
            ))}
          </select>
          <button
            type="button"
            title="Everything again (Esc)"
            aria-label="Everything again"
            onClick={() => go.focus(undefined)}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      )}
      {seen.hidden > 0 && <span className={styles.hiddenCount}>{seen.hidden} not shown</span>}
    </div>
  );
}
