import { useMemo } from 'react';
import type { Instance, Mesh } from '../../api/mesh';
import { DataTable, type Column } from '../../components/DataTable';
import { Link, navigate, urlWith, useLocation } from '../../components/navigation';
import { ago, count } from '../../model/format';
import { certificateState, configurationState, type State } from '../../model/instances';
import { parseSort, sortText } from '../../model/sort';
import styles from './mesh.module.css';

/** Every sidecar in a row, the certificate that expires first at the top. */
export function Proxies({ mesh }: { mesh: Mesh }) {
  const { params } = useLocation();
  const { now } = mesh;
  const columns = useMemo(() => columnsOf(now), [now]);
  return (
    <section className={styles.proxies} aria-label="Sidecars">
      <DataTable
        label="Sidecars"
        rows={mesh.proxies}
        columns={columns}
        idOf={(proxy) => proxy.instance}
        sort={parseSort(params.get('sort'), { key: 'certificate', descending: false })}
        onSort={(sort) => navigate(urlWith({ sort: sortText(sort) }), { replace: true })}
        minWidth={1200}
      />
    </section>
  );
}

const Word = ({ of: { words, health } }: { of: State }) => <span data-health={health}>{words}</span>;

function columnsOf(now: number): Column<Instance>[] {
  return [
    {
      key: 'instance',
      title: 'Sidecar',
      width: 'minmax(168px, 1fr)',
      sortBy: (proxy) => proxy.instance,
      cell: (proxy) => <span className="mono">{proxy.instance.replace('sidecar~', '')}</span>,
    },
    {
      key: 'workload',
      title: 'Workload',
      width: 'minmax(110px, 1fr)',
      sortBy: (proxy) => proxy.workload,
      cell: (proxy) => (
        <Link to={`/services/${proxy.namespace ?? ''}/${proxy.workload}`}>{proxy.workload}</Link>
      ),
    },
    {
      key: 'version',
      title: 'Version',
      width: '56px',
      sortBy: (proxy) => proxy.version,
      cell: (proxy) => proxy.version || '–',
    },
    {
      key: 'up',
      title: 'Up for',
      width: '70px',
      numeric: true,
      sortBy: (proxy) => now - proxy.started,
      cell: (proxy) => ago(now - proxy.started),
    },
    {
      key: 'seen',
      title: 'Heard of',
      width: '92px',
      numeric: true,
      sortBy: (proxy) => now - proxy.lastSeen,
      cell: (proxy) => (
        <span data-health={proxy.stale ? 'failing' : undefined}>
          {proxy.stale && '▲ '}
          {ago(now - proxy.lastSeen)} ago
        </span>
      ),
    },
    {
      key: 'configuration',
      title: 'Configuration',
      width: 'minmax(250px, 1.6fr)',
      sortBy: (proxy) => proxy.configuration?.ageSeconds ?? null,
      cell: (proxy) => <Word of={configurationState(proxy)} />,
    },
    {
      key: 'certificate',
      title: 'Certificate',
      width: 'minmax(172px, 1.2fr)',
      sortBy: (proxy) => proxy.certificate?.expires ?? null,
      cell: (proxy) => <Word of={certificateState(proxy, now)} />,
    },
    {
      key: 'dropped',
      title: 'Dropped reports',
      width: '108px',
      numeric: true,
      sortBy: (proxy) => proxy.dropped.spans + proxy.dropped.metrics,
      cell: ({ dropped: { spans, metrics } }) =>
        spans + metrics === 0 ? (
          '–'
        ) : (
          <span title={`${count(spans)} spans, ${count(metrics)} points of metrics`}>
            {count(spans + metrics)}
          </span>
        ),
    },
  ];
}
