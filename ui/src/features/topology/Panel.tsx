import type { Graph } from '../../api/graph';
import { Icon, kindIcon } from '../../components/Icon';
import type { Selection } from '../../model/walk';
import { EdgePanel } from './EdgePanel';
import { NodePanel } from './NodePanel';
import { go } from './useTopologyView';
import styles from './panel.module.css';

/** What is known about the chosen node or edge, beside the map. */
export function Panel({ graph, selection }: { graph: Graph; selection: Selection }) {
  const node = selection.kind === 'node' ? graph.nodes.find(({ id }) => id === selection.id) : undefined;
  const edge = selection.kind === 'edge' ? graph.edges.find(({ id }) => id === selection.id) : undefined;
  const name = (id: string) => graph.nodes.find((candidate) => candidate.id === id)?.name ?? id;
  return (
    <aside className={styles.panel} data-panel aria-label={`Details of ${selection.id}`} data-testid="panel">
      <header className={styles.head}>
        <div>
          {node && (
            <>
              <h2>
                <Icon name={kindIcon(node.kind)} size={18} />
                {node.name}
              </h2>
              <p>
                {node.kind === 'client'
                  ? 'callers outside the mesh'
                  : `${node.kind} in ${node.namespace ?? 'no namespace'}`}
              </p>
            </>
          )}
          {edge && (
            <>
              <h2>
                {name(edge.source)}
                <Icon name="arrow" label="calls" />
                {name(edge.target)}
              </h2>
              <p>
                {edge.protocol === 'tcp'
                  ? 'TCP connections'
                  : edge.protocol === 'grpc'
                    ? 'gRPC calls'
                    : 'HTTP requests'}
                {edge.stale && ' · silent for more than 30 s'}
              </p>
            </>
          )}
          {!node && !edge && <h2>{selection.id}</h2>}
        </div>
        <button
          type="button"
          className={styles.close}
          aria-label="Close (Esc)"
          title="Close (Esc)"
          onClick={() => go.select(undefined)}
        >
          <Icon name="close" />
        </button>
      </header>
      {node && <NodePanel key={node.id} graph={graph} node={node} />}
      {edge && <EdgePanel key={edge.id} graph={graph} edge={edge} />}
      {!node && !edge && (
        <p className={styles.gone}>
          Not in the graph now. A call that nobody makes for ten minutes leaves the map, and so does a
          workload that nobody calls.
        </p>
      )}
    </aside>
  );
}
