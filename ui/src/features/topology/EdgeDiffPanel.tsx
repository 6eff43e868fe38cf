import type { EdgeDiff, EdgeSide } from '../../api/diff';
import type { ShownDiff } from '../../api/shownDiff';
import { Breakable } from '../../components/Breakable';
import { Link, url } from '../../components/navigation';
import { factor, tlsOf } from '../../model/diff';
import { fateWords, SERVED } from '../../model/fates';
import { bytes, count, latency, rate, share, text } from '../../model/format';
import type { Range } from '../../model/timeRange';
import { AllDifferences, CallName, ChangeSign } from './Differences';
import { PairTable } from './PairTable';
import { PanelFrame, protocolWords } from './PanelFrame';
import panel from './panel.module.css';
import styles from './diff.module.css';

/** One call on both sides: everything that is known of it, before and after. */
export function EdgeDiffPanel({ shown, edge }: { shown: ShownDiff; edge: EdgeDiff }) {
  const node = (id: string) => shown.graph.nodes.find((candidate) => candidate.id === id);
  const [source, target] = [node(edge.source), node(edge.target)];
  const known = source?.kind === 'workload';
  const traces = ({ from, to }: Range) =>
    url('/traces', {
      service: known ? source.name : target?.name,
      tags: known && target ? `service.peer.name=${target.name}` : '',
      from: from.toFixed(0),
      to: to.toFixed(0),
    });
  const graph = ({ from, to }: Range) =>
    url('/', { edge: edge.id, from: from.toFixed(0), to: to.toFixed(0) });
  const { a, b } = shown.diff;
  return (
    <PanelFrame
      label={edge.id}
      title={
        <>
          <h2>
            <ChangeSign change={edge.change} />
            <CallName source={source?.name ?? edge.source} target={target?.name ?? edge.target} />
          </h2>
          <p>
            {protocolWords(edge.protocol)} · {changeWords[edge.change]}
          </p>
          <AllDifferences />
        </>
      }
    >
      <Pairs edge={edge} />
      <Fates a={edge.a} b={edge.b} />
      <section className={panel.section}>
        <h3>Look closer</h3>
        <dl className={panel.facts}>
          <div>
            <dt>Before</dt>
            <dd>
              {edge.a ? (
                <>
                  <Link to={graph(a)}>the graph</Link> · <Link to={traces(a)}>traces</Link>
                </>
              ) : (
                'there was no such call'
              )}
            </dd>
          </div>
          <div>
            <dt>After</dt>
            <dd>
              {edge.b ? (
                <>
                  <Link to={graph(b)}>the graph</Link> · <Link to={traces(b)}>traces</Link>
                </>
              ) : (
                'there is no such call'
              )}
            </dd>
          </div>
        </dl>
      </section>
    </PanelFrame>
  );
}

const changeWords = {
  came: 'came: it is only in B',
  left: 'left: it is only in A',
  changed: 'changed',
  same: 'as it was: nothing differs by more than chance explains',
};

interface Row {
  name: string;
  /** As the server calls it, where it says whether it differs. */
  key?: string;
  value: (side: EdgeSide) => string;
  number?: (side: EdgeSide) => number | null;
}

const rows: Row[] = [
  { name: 'Requests', value: (side) => count(side.requests) },
  {
    name: 'Rate',
    key: 'rate',
    value: (side) => text(rate(side.requestRate)),
    number: (side) => side.requestRate,
  },
  { name: 'Success', key: 'errors', value: (side) => text(share(side.successShare)) },
  { name: 'p50', key: 'p50', value: (side) => text(latency(side.p50)), number: (side) => side.p50 },
  { name: 'p90', value: (side) => text(latency(side.p90)), number: (side) => side.p90 },
  { name: 'p99', key: 'p99', value: (side) => text(latency(side.p99)), number: (side) => side.p99 },
  { name: 'Retries', value: (side) => count(side.retries) },
  { name: 'Request bytes', value: (side) => text(bytes(side.bytesReceived)) },
  { name: 'Response bytes', value: (side) => text(bytes(side.bytesSent)) },
  { name: 'TLS', key: 'tls', value: tlsOf },
  { name: 'Versions', key: 'versions', value: (side) => side.versions.filter(Boolean).join(', ') || '–' },
];

function Pairs({ edge: { a, b, differs } }: { edge: EdgeDiff }) {
  const identities = (['sourceIdentity', 'targetIdentity'] as const).filter((end) =>
    [a, b].some((side) => side?.[end] != null),
  );
  return (
    <>
      <section className={panel.section}>
        <PairTable
          head={<span className="visually-hidden">What</span>}
          pairs={rows.map(({ name, key, value, number }) => ({
            name,
            a: a ? value(a) : '–',
            b: b ? value(b) : '–',
            change: number && a && b ? factor(number(a), number(b)) : '',
            differs: key !== undefined && differs.includes(key),
          }))}
        />
      </section>
      {identities.length > 0 && (
        <section className={panel.section}>
          <h3>Identities{differs.includes('identity') ? ', which differ' : ''}</h3>
          <dl className={panel.facts}>
            {identities.map((end) => (
              <div key={end}>
                <dt>{end === 'sourceIdentity' ? 'Caller' : 'Callee'}</dt>
                <dd className={styles.identity}>
                  <Breakable text={a?.[end] ?? b?.[end] ?? ''} />
                  {a && b && a[end] !== b[end] && (
                    <>
                      {' → '}
                      <Breakable text={b[end] ?? 'none proven'} />
                    </>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

/** How what was not served ended, on both sides, as shares of all requests. */
function Fates({ a, b }: { a: EdgeSide | null; b: EdgeSide | null }) {
  const part = (side: EdgeSide | null, fate: string) =>
    side && side.requests > 0 ? (side.fates[fate] ?? 0) / side.requests : null;
  const fates = [...new Set([...Object.keys(a?.fates ?? {}), ...Object.keys(b?.fates ?? {})])]
    .filter((fate) => fate !== SERVED && (part(a, fate) ?? 0) + (part(b, fate) ?? 0) > 0)
    .toSorted((x, y) => (part(b, y) ?? 0) - (part(b, x) ?? 0));
  if (fates.length === 0) return null;
  return (
    <section className={panel.section}>
      <h3>What failed</h3>
      <PairTable
        head="Ended as"
        pairs={fates.map((fate) => ({
          name: fateWords(fate),
          a: text(share(part(a, fate))),
          b: text(share(part(b, fate))),
          change: factor(part(a, fate), part(b, fate)),
        }))}
      />
    </section>
  );
}
