import type { Graph, GraphEdge } from '../../api/graph';
import { Figure } from '../../components/Figure';
import { Link } from '../../components/navigation';
import { useTimeSpan } from '../../components/useTimeSpan';
import { bytes, count, latency, rate, share } from '../../model/format';
import { fateWords } from '../../model/fates';
import { FateTable } from './FateTable';
import { GoldenMetrics } from './GoldenMetrics';
import { Headline } from './Headline';
import { Identity } from './Identity';
import { durationParam } from './NodePanel';
import { FAILED, tracesOfEdge } from './tracesOf';
import { selectionUrl } from './useTopologyView';
import styles from './panel.module.css';

export function EdgePanel({ graph, edge }: { graph: Graph; edge: GraphEdge }) {
  const source = graph.nodes.find((node) => node.id === edge.source);
  const target = graph.nodes.find((node) => node.id === edge.target);
  const connections = edge.protocol === 'tcp';
  const traces = tracesOfEdge(graph, edge, useTimeSpan());
  return (
    <>
      <Headline
        rate={edge.requestRate}
        successShare={edge.successShare}
        p50={edge.p50}
        p99={edge.p99}
        fates={edge.fates}
      />
      <nav className={styles.links} aria-label="Traces">
        <Link to={traces()}>Traces</Link>
        <Link to={traces({}, FAILED)}>Failed</Link>
        {edge.p99 !== null && <Link to={traces({ min: durationParam(edge.p99) })}>Slower than p99</Link>}
      </nav>
      <GoldenMetrics
        of={{ kind: 'edge', id: edge.id }}
        durationName={connections ? 'Connection time' : 'Latency'}
        tracesUrl={({ from, to }) => traces({ from: from.toFixed(0), to: to.toFixed(0) })}
      />
      <FateTable
        fates={edge.fates}
        traces={(fate) => <Link to={traces({}, [`tracery.fate=${fate}`])}>{fateWords(fate)}</Link>}
      />
      <Versions edge={edge} />
      <Identity
        edges={[edge]}
        rows={[
          { label: source?.name ?? edge.source, identity: edge.sourceIdentity },
          { label: target?.name ?? edge.target, identity: edge.targetIdentity },
        ]}
      />
      <section className={styles.section}>
        <h3>Counted</h3>
        <dl className={styles.facts}>
          <Fact name={connections ? 'Connections' : 'Requests'} value={count(edge.requests)} />
          <Fact name="Counted by the callee" value={count(edge.received)} />
          <Fact name="Retries" value={count(edge.retries)} />
          <div>
            <dt>{connections ? 'Sent' : 'Request bytes'}</dt>
            <dd>
              <Figure of={bytes(edge.bytesReceived)} />
            </dd>
          </div>
          <div>
            <dt>{connections ? 'Received' : 'Response bytes'}</dt>
            <dd>
              <Figure of={bytes(edge.bytesSent)} />
            </dd>
          </div>
          {edge.routes.length > 0 && (
            <div>
              <dt>Routes</dt>
              <dd className="mono">{edge.routes.join(', ')}</dd>
            </div>
          )}
        </dl>
      </section>
      <section className={styles.section}>
        <nav className={styles.ends} aria-label="Ends of this call">
          <Link to={selectionUrl({ kind: 'node', id: edge.source })}>{source?.name ?? edge.source}</Link>
          <Link to={selectionUrl({ kind: 'node', id: edge.target })}>{target?.name ?? edge.target}</Link>
        </nav>
      </section>
    </>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function Versions({ edge }: { edge: GraphEdge }) {
  const rows = edge.versions.filter((version) => version.version !== '');
  if (rows.length === 0) return null;
  const total = rows.reduce((sum, version) => sum + (version.requestRate ?? 0), 0);
  return (
    <section className={styles.section}>
      <h3>Versions reached</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Share</th>
            <th scope="col">Rate</th>
            <th scope="col">Success</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((version) => (
            <tr key={version.version}>
              <th scope="row">{version.version}</th>
              <td>
                <Figure of={share(total > 0 ? (version.requestRate ?? 0) / total : null)} />
              </td>
              <td>
                <Figure of={rate(version.requestRate)} />
              </td>
              <td>
                <Figure of={share(version.successShare)} />
              </td>
              <td>
                <Figure of={latency(version.p99)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
