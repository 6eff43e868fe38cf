import type { Change, EdgeDiff } from '../../api/diff';
import { Icon } from '../../components/Icon';
import { Link } from '../../components/navigation';
import { linesOf, tlsOf, type Line } from '../../model/diff';
import { latency, rate, share, text } from '../../model/format';
import type { MapGraph } from '../../model/lens';
import { go, selectionUrl } from './useTopologyView';
import panel from './panel.module.css';
import styles from './diff.module.css';

/** Rows of a long list; the table shows all of them. */
const MOST = 100;

/** Each call that differs with what differs of it, before and after; choosing one brings it into sight on the map. */
export function Differences({ edges, graph }: { edges: readonly EdgeDiff[]; graph: MapGraph }) {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const name = (id: string) => names.get(id) ?? id;
  return (
    <>
      <ol className={styles.list} aria-label="Differences">
        {edges.slice(0, MOST).map((edge) => (
          <li key={edge.id} data-diff={edge.id}>
            <Link to={selectionUrl({ kind: 'edge', id: edge.id })}>
              <span className={styles.call}>
                <ChangeSign change={edge.change} />
                <span className={edge.change === 'left' ? styles.struck : undefined}>
                  {name(edge.source)} → {name(edge.target)}
                </span>
                {edge.protocol !== 'http' && <span className={styles.tag}>{edge.protocol}</span>}
                <span className={styles.tag}>{edge.change === 'changed' ? '' : edge.change}</span>
              </span>
              <Lines edge={edge} />
            </Link>
          </li>
        ))}
      </ol>
      {edges.length > MOST && (
        <p className={panel.gone}>and {edges.length - MOST} more; the table (t) has all of them</p>
      )}
    </>
  );
}

function Lines({ edge }: { edge: EdgeDiff }) {
  const lines = edge.change === 'changed' ? linesOf(edge) : [whole(edge)];
  return (
    <span className={styles.lines}>
      {lines.map((line) => (
        <span key={line.what}>
          <i>{line.what}</i>
          <u>
            {line.before}
            {line.before !== '' && line.after !== '' && ' → '}
            {line.after}
          </u>
          <em>{line.by}</em>
        </span>
      ))}
    </span>
  );
}

/** Of a call that is only on one side, what it is or was. */
function whole({ a, b, differs }: EdgeDiff): Line {
  const side = b ?? a;
  const parts = side
    ? [
        text(rate(side.requestRate)),
        `${text(share(side.successShare))} served`,
        `p99 ${text(latency(side.p99))}`,
        side.tls !== null && side.tls !== 'mtls' && `TLS ${tlsOf(side)}`,
      ]
    : [];
  return {
    what: differs.includes('protocol') ? 'protocol' : b ? 'is' : 'was',
    before: '',
    after: parts.filter(Boolean).join(' · '),
    by: '',
  };
}

const signs: Record<Change, { path: string; label: string }> = {
  came: { path: 'M7 2.5v9M2.5 7h9', label: 'came' },
  left: { path: 'M3.5 3.5l7 7M10.5 3.5l-7 7', label: 'left' },
  changed: {
    path: 'M4.5 2.5v9M2.3 9.2l2.2 2.3 2.2-2.3M9.5 11.5v-9M7.3 4.8l2.2-2.3 2.2 2.3',
    label: 'changed',
  },
  same: { path: 'M3 5.2h8M3 8.8h8', label: 'the same' },
};

export const ChangeSign = ({ change }: { change: Change }) => (
  <svg
    className={styles.sign}
    data-change={change}
    width="14"
    height="14"
    viewBox="0 0 14 14"
    role="img"
    aria-label={signs[change].label}
  >
    <path d={signs[change].path} />
  </svg>
);

/** The name of a call, for a title. */
export const CallName = ({ source, target }: { source: string; target: string }) => (
  <>
    {source}
    <Icon name="arrow" label="calls" />
    {target}
  </>
);

export const AllDifferences = () => (
  <button type="button" className={styles.back} onClick={() => go.select(undefined)}>
    All differences
  </button>
);
