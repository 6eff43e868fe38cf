import { useEffect, useMemo, useRef } from 'react';
import { useFreshness, useLive } from '../../api/live';
import { useShownGraph } from '../../api/shownGraph';
import { SearchBox, Toggle } from '../../components/Controls';
import { DataTable, type Column } from '../../components/DataTable';
import { Figure } from '../../components/Figure';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { HealthMark } from '../../components/HealthMark';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { Sparkline } from '../../components/Sparkline';
import { Bone, State } from '../../components/State';
import { TlsWord } from '../../components/TlsWord';
import { useMedia } from '../../components/useMedia';
import { useTimeSpan } from '../../components/useTimeSpan';
import { matches } from '../../model/emphasis';
import { latency, rate, share } from '../../model/format';
import { healthOf, isTrouble } from '../../model/health';
import type { RateHistory } from '../../model/history';
import { parseSort, sortText } from '../../model/sort';
import { serviceRows, type ServiceRow } from '../../model/serviceRows';
import styles from './services.module.css';

/** Every workload in a row, what fails most at the top. */
export function Services() {
  const { params } = useLocation();
  const span = useTimeSpan();
  const { graph, error } = useShownGraph(span.range);
  const { history } = useLive();
  const freshness = useFreshness();
  const search = useRef<HTMLInputElement>(null);
  const query = params.get('q') ?? '';
  const onlyTrouble = params.get('only') === 'trouble';
  const rows = useMemo(() => (graph ? serviceRows(graph) : []), [graph]);
  const live = span.range === undefined;
  const narrow = useMedia('(max-width: 720px)');
  const columns = useMemo(() => {
    const all = columnsOf(live ? history : undefined);
    return narrow ? narrowed(all) : all;
  }, [live, history, narrow]);
  const shown = rows.filter(
    (row) =>
      (query.trim() === '' || matches(row.id, query)) &&
      (!onlyTrouble || isTrouble(healthOf(row.successShare))),
  );
  const troubled = rows.filter((row) => isTrouble(healthOf(row.successShare))).length;

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== '/' || (event.target as HTMLElement).closest('input, select')) return;
      event.preventDefault();
      search.current?.focus();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);

  return (
    <>
      <Header
        title="Services"
        tab="Services"
        summary={
          graph &&
          rows.length > 0 &&
          `${rows.length} · ${troubled === 0 ? 'all healthy' : `${troubled} not well`}`
        }
      >
        <SearchBox
          ref={search}
          label="Find a service"
          value={query}
          onChange={(q) => navigate(urlWith({ q }), { replace: true })}
          onEnter={() => shown[0] && open(shown[0])}
          onEscape={() => navigate(urlWith({ q: null }), { replace: true })}
        />
        <Toggle
          icon="triangle"
          label="Hide healthy"
          pressed={onlyTrouble}
          onClick={() => navigate(urlWith({ only: onlyTrouble ? null : 'trouble' }))}
        />
      </Header>
      <FreshnessBanner />
      {error ? (
        <State title="This time cannot be shown" tone="failing">
          <p>{error.message}.</p>
        </State>
      ) : !graph ? (
        freshness.state === 'lost' ? (
          <State title="There is nothing to show yet">
            <p>The server has not answered since this page was opened. It is tried again by itself.</p>
          </State>
        ) : (
          <Loading />
        )
      ) : rows.length === 0 ? (
        <State title="No sidecar has reported yet" command="./tracery demo">
          <p>A workload shows up here within seconds of the first request that passes through its sidecar.</p>
        </State>
      ) : (
        <div className={styles.table}>
          <DataTable
            label="Services"
            rows={shown}
            columns={columns}
            idOf={(row) => row.id}
            sort={parseSort(params.get('sort'), { key: 'failing', descending: true })}
            onSort={(sort) => navigate(urlWith({ sort: sortText(sort) }), { replace: true })}
            onSelect={(row) => open(row)}
            minWidth={narrow ? 940 : 980}
            empty={
              <p className={styles.empty}>
                {onlyTrouble && query.trim() === ''
                  ? 'Nothing is failing.'
                  : `No service matches “${query}”.`}
              </p>
            }
          />
        </div>
      )}
    </>
  );
}

function open(row: ServiceRow): void {
  const kept = new URLSearchParams(window.location.search);
  for (const key of ['q', 'sort', 'only']) kept.delete(key);
  navigate(`/services/${row.id}${kept.size > 0 ? `?${kept.toString()}` : ''}`);
}

function columnsOf(history: RateHistory | undefined): Column<ServiceRow>[] {
  return [
    {
      key: 'name',
      title: 'Service',
      width: 'minmax(140px, 2fr)',
      sortBy: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          {row.name}
          {row.kind !== 'workload' && <span className={styles.tag}>{row.kind}</span>}
        </span>
      ),
    },
    {
      key: 'namespace',
      title: 'Namespace',
      width: 'minmax(90px, 1fr)',
      sortBy: (row) => row.namespace,
      cell: (row) => row.namespace ?? '–',
    },
    {
      key: 'success',
      title: 'Success',
      width: '104px',
      numeric: true,
      sortBy: (row) => row.successShare,
      cell: (row) => (
        <>
          <HealthMark share={row.successShare} /> <Figure of={share(row.successShare)} />
        </>
      ),
    },
    {
      key: 'failing',
      title: 'Failing',
      width: '84px',
      numeric: true,
      sortBy: (row) => row.failing,
      cell: (row) => (row.failing > 0 ? <Figure of={rate(row.failing)} /> : '–'),
    },
    {
      key: 'rate',
      title: 'Rate',
      width: '84px',
      numeric: true,
      sortBy: (row) => row.requestRate,
      cell: (row) => <Figure of={rate(row.requestRate)} />,
    },
    ...(history
      ? [
          {
            key: 'trend',
            title: 'Last 2 min',
            width: '104px',
            sortBy: () => null,
            cell: (row: ServiceRow) => <Sparkline line={history.line(row.id)} />,
          },
        ]
      : []),
    {
      key: 'p99',
      title: 'p99',
      width: '76px',
      numeric: true,
      sortBy: (row) => row.p99,
      cell: (row) => <Figure of={latency(row.p99)} />,
    },
    {
      key: 'versions',
      title: 'Versions',
      width: 'minmax(80px, 1fr)',
      sortBy: (row) => row.versions.join(' '),
      cell: (row) => row.versions.join(', ') || '–',
    },
    {
      key: 'callers',
      title: 'Callers',
      width: '64px',
      numeric: true,
      sortBy: (row) => row.callers,
      cell: (row) => row.callers,
    },
    {
      key: 'callees',
      title: 'Calls',
      width: '56px',
      numeric: true,
      sortBy: (row) => row.callees,
      cell: (row) => row.callees,
    },
    {
      key: 'tls',
      title: 'TLS',
      width: '92px',
      sortBy: (row) => row.tls,
      cell: (row) => <TlsWord tls={row.tls} />,
    },
  ];
}

/** On a phone what is most asked for stands in sight, the rest to the right of it. */
const FIRST = ['name', 'success', 'rate'];

function narrowed(columns: readonly Column<ServiceRow>[]): Column<ServiceRow>[] {
  const first = FIRST.flatMap((key) => columns.filter((column) => column.key === key));
  const rest = columns.filter(({ key }) => !FIRST.includes(key));
  return [...first, ...rest].map((column) =>
    column.key === 'name' ? { ...column, width: '118px' } : column,
  );
}

const Loading = () => (
  <div className={styles.loading} role="status" aria-label="Loading the services">
    {Array.from({ length: 10 }, (_, i) => (
      <Bone key={i} width="100%" height={20} />
    ))}
  </div>
);
