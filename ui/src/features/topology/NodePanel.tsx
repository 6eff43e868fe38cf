import type { Graph, GraphEdge, GraphNode } from '../../api/graph';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { Link, url } from '../../components/navigation';
import { useTimeSpan } from '../../components/useTimeSpan';
import { spanParams } from '../../model/timeRange';
import { latency, rate, share, text } from '../../model/format';
import { sumFates } from '../../model/fates';
import { nodeRates } from '../../model/history';
import { versionSplit } from '../../model/versions';
import { FateTable } from './FateTable';
import { GoldenMetrics } from './GoldenMetrics';
import { Headline } from './Headline';
import { Identity } from './Identity';
import { Kubernetes } from './Kubernetes';
import { FAILED, tracesOfNode } from './tracesOf';
import { selectionUrl, versionsUrl } from './useTopologyView';
import styles from './panel.module.css';

export function NodePanel({ graph, node }: { graph: Graph; node: GraphNode }) {
  const incoming = graph.edges.filter((edge) => edge.target === node.id);
  const outgoing = graph.edges.filter((edge) => edge.source === node.id);
  const span = useTimeSpan();
  const traces = tracesOfNode(node, span);
  const receives = incoming.length > 0;
  const traced = node.kind === 'workload';
  const versions = versionSplit(graph).get(node.id);
  const identities = [
    ...new Set([
      ...incoming.map((edge) => edge.targetIdentity),
      ...outgoing.map((edge) => edge.sourceIdentity),
    ]),
  ].filter((identity): identity is string => !!identity);
  return (
    <>
      <Headline
        rate={nodeRates(graph).get(node.id) ?? null}
        successShare={node.successShare}
        p50={null}
        p99={node.p99}
        fates={sumFates(incoming.map((edge) => edge.fates))}
      />
      {traced && (
        <nav className={styles.links} aria-label="Traces">
          <Link to={url(`/services/${node.id}`, spanParams(span))}>Service</Link>
          <Link to={traces()}>Traces</Link>
          <Link to={traces({}, FAILED)}>Failed</Link>
          {node.p99 !== null && (
            <Link to={traces({ min: durationParam(node.p99) })}>Slower than {text(latency(node.p99))}</Link>
          )}
        </nav>
      )}
      {receives && (
        <GoldenMetrics
          of={{ kind: 'node', id: node.id }}
          durationName={incoming.every((edge) => edge.protocol === 'tcp') ? 'Connection time' : 'Latency'}
          tracesUrl={
            traced ? ({ from, to }) => traces({ from: from.toFixed(0), to: to.toFixed(0) }) : undefined
          }
        />
      )}
      {incoming.length > 0 && <Calls title="Called by" graph={graph} edges={incoming} other="source" />}
      {outgoing.length > 0 && <Calls title="Calls" graph={graph} edges={outgoing} other="target" />}
      {receives && <FateTable fates={sumFates(incoming.map((edge) => edge.fates))} />}
      {versions && (
        <section className={styles.section}>
          <h3>Versions</h3>
          <table className={styles.table}>
            <tbody>
              {versions.map((version) => (
                <tr key={version.version}>
                  <th scope="row">{version.version}</th>
                  <td>
                    <Figure of={share(version.share)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <CompareVersions node={node} versions={versions.map(({ version }) => version)} />
        </section>
      )}
      {node.kubernetes && <Kubernetes workload={node.kubernetes} />}
      {identities.length > 0 && (
        <Identity
          rows={identities.map((identity) => ({ label: 'Identity', identity }))}
          edges={[...incoming, ...outgoing]}
        />
      )}
    </>
  );
}

/** Each lesser version against the one that gets most. */
function CompareVersions({ node, versions }: { node: GraphNode; versions: readonly string[] }) {
  const [most, ...others] = versions;
  if (!most) return null;
  return (
    <nav className={styles.links} aria-label="Compare versions">
      {others.map((version) => (
        <Link key={version} to={versionsUrl(node.id, most, version)}>
          {most} against {version}
        </Link>
      ))}
    </nav>
  );
}

/** As the trace search understands it. */
export const durationParam = (ms: number): string =>
  ms >= 1 ? `${Math.floor(ms)}ms` : `${Math.floor(ms * 1000)}us`;

interface CallsProps {
  title: string;
  graph: Graph;
  edges: GraphEdge[];
  other: 'source' | 'target';
}

function Calls({ title, graph, edges, other }: CallsProps) {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const rows = edges.toSorted((a, b) => (b.requestRate ?? 0) - (a.requestRate ?? 0));
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{other === 'source' ? 'Caller' : 'Callee'}</th>
            <th scope="col">Rate</th>
            <th scope="col">Success</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((edge) => (
            <tr key={edge.id}>
              <th scope="row">
                <Link to={selectionUrl({ kind: 'edge', id: edge.id })}>
                  {names.get(edge[other]) ?? edge[other]}
                </Link>
                {edge.protocol !== 'http' && <span className={styles.tag}>{edge.protocol}</span>}
              </th>
              <td>
                <Figure of={rate(edge.requestRate)} />
              </td>
              <td>
                <HealthMark share={edge.successShare} /> <Figure of={share(edge.successShare)} />
              </td>
              <td>
                <Figure of={latency(edge.p99)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
