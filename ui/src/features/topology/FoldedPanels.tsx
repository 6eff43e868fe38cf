import type { Graph } from '../../api/graph';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { Icon } from '../../components/Icon';
import { Link } from '../../components/navigation';
import { useTimeSpan } from '../../components/useTimeSpan';
import { latency, rate, share } from '../../model/format';
import { sumFates } from '../../model/fates';
import { healthOf, isTrouble } from '../../model/health';
import { foldedNamespace, shareOf, type MapEdge, type MapGraph } from '../../model/lens';
import { FateTable } from './FateTable';
import { Headline } from './Headline';
import { PanelFrame, protocolWords } from './PanelFrame';
import { FAILED, tracesOfEdge, tracesOfNode } from './tracesOf';
import { selectionUrl } from './useTopologyView';
import styles from './panel.module.css';

/** Rows of a long list; the rest is behind the table view. */
const MOST = 60;

interface Measured {
  id: string;
  name: string;
  requestRate: number | null;
  successShare: number | null;
  p99: number | null;
}

/** A namespace that is drawn as one node: its workloads, the worst first. */
export function NamespacePanel({ graph, namespace, onUnfold }: NamespaceProps) {
  const members = graph.nodes.filter((node) => node.kind === 'workload' && node.namespace === namespace);
  const ids = new Set(members.map((node) => node.id));
  const calls = graph.edges.filter((edge) => ids.has(edge.target));
  const time = useTimeSpan();
  return (
    <PanelFrame
      label={namespace}
      title={
        <>
          <h2>
            <Icon name="namespace" size={18} />
            {namespace}
          </h2>
          <p>
            namespace of {members.length} workloads ·{' '}
            <button type="button" className={styles.inline} onClick={() => onUnfold(namespace)}>
              Unfold
            </button>
          </p>
        </>
      }
    >
      <Headline
        rate={members.reduce((sum, node) => sum + (node.requestRate ?? 0), 0)}
        successShare={shareOf(members)}
        p50={null}
        p99={null}
        fates={sumFates(calls.map((edge) => edge.fates))}
      />
      <Rows
        title="Workloads, the worst first"
        head="Workload"
        kind="node"
        rows={members}
        failed={(node) => tracesOfNode(node, time)({}, FAILED)}
      />
      <FateTable fates={sumFates(calls.map((edge) => edge.fates))} />
    </PanelFrame>
  );
}

interface NamespaceProps {
  graph: Graph;
  namespace: string;
  onUnfold: (namespace: string) => void;
}

/** Calls that are drawn as one: each of them, the worst first. */
export function BundlePanel({ drawn, graph, edge }: { drawn: MapGraph; graph: Graph; edge: MapEdge }) {
  const label = (id: string) => foldedNamespace(id) ?? drawn.nodes.find((node) => node.id === id)?.name ?? id;
  const time = useTimeSpan();
  const name = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const parts = (edge.parts ?? []).map((part) => ({
    ...part,
    name: `${name.get(part.source) ?? part.source} → ${name.get(part.target) ?? part.target}`,
  }));
  return (
    <PanelFrame
      label={edge.id}
      title={
        <>
          <h2>
            {label(edge.source)}
            <Icon name="arrow" label="calls" />
            {label(edge.target)}
          </h2>
          <p>
            {parts.length} {parts.length === 1 ? 'call' : 'calls'} between workloads ·{' '}
            {protocolWords(edge.protocol)}
          </p>
        </>
      }
    >
      <Headline
        rate={edge.requestRate}
        successShare={edge.successShare}
        p50={null}
        p99={edge.p99}
        fates={edge.fates}
      />
      <Rows
        title="Calls, the worst first"
        head="Call"
        kind="edge"
        rows={parts}
        failed={(part) => tracesOfEdge(graph, part, time)({}, FAILED)}
      />
      <FateTable fates={edge.fates} />
    </PanelFrame>
  );
}

function Rows<T extends Measured>({ title, head, kind, rows, failed }: RowsProps<T>) {
  const sorted = rows.toSorted(
    (a, b) => (a.successShare ?? 1) - (b.successShare ?? 1) || (b.requestRate ?? 0) - (a.requestRate ?? 0),
  );
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">Rate</th>
            <th scope="col">Success</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, MOST).map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <Link to={selectionUrl({ kind, id: row.id })}>{row.name}</Link>
              </th>
              <td>
                <Figure of={rate(row.requestRate)} />
              </td>
              <td>
                <HealthMark share={row.successShare} />{' '}
                {isTrouble(healthOf(row.successShare)) ? (
                  <Link to={failed(row)} title="Traces of what failed">
                    <Figure of={share(row.successShare)} />
                  </Link>
                ) : (
                  <Figure of={share(row.successShare)} />
                )}
              </td>
              <td>
                <Figure of={latency(row.p99)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > MOST && <p className={styles.hint}>and {sorted.length - MOST} more</p>}
    </section>
  );
}

interface RowsProps<T> {
  title: string;
  head: string;
  kind: 'node' | 'edge';
  rows: readonly T[];
  /** Where the traces of what failed are found. */
  failed: (row: T) => string;
}
