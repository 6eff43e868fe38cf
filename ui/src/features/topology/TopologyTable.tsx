import { useMemo } from 'react';
import type { Graph, GraphEdge } from '../../api/graph';
import { DataTable, type Column } from '../../components/DataTable';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { Icon } from '../../components/Icon';
import { count, latency, rate, share } from '../../model/format';
import { matches } from '../../model/emphasis';
import { NoMatch } from './states';
import { go, type TopologyView } from './useTopologyView';
import styles from './topology.module.css';

interface Row extends GraphEdge {
  from: string;
  to: string;
}

const columns: Column<Row>[] = [
  {
    key: 'from',
    title: 'Caller',
    width: 'minmax(104px, 2fr)',
    sortBy: (row) => row.from,
    cell: (row) => row.from,
  },
  { key: 'to', title: 'Callee', width: 'minmax(104px, 2fr)', sortBy: (row) => row.to, cell: (row) => row.to },
  {
    key: 'rate',
    title: 'Rate',
    width: '84px',
    numeric: true,
    sortBy: (row) => row.requestRate,
    cell: (row) => <Figure of={rate(row.requestRate)} />,
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
    key: 'p50',
    title: 'p50',
    width: '76px',
    numeric: true,
    sortBy: (row) => row.p50,
    cell: (row) => <Figure of={latency(row.p50)} />,
  },
  {
    key: 'p90',
    title: 'p90',
    width: '76px',
    numeric: true,
    sortBy: (row) => row.p90,
    cell: (row) => <Figure of={latency(row.p90)} />,
  },
  {
    key: 'p99',
    title: 'p99',
    width: '76px',
    numeric: true,
    sortBy: (row) => row.p99,
    cell: (row) => <Figure of={latency(row.p99)} />,
  },
  {
    key: 'retries',
    title: 'Retries',
    width: '70px',
    numeric: true,
    sortBy: (row) => row.retries,
    cell: (row) => (row.retries === 0 ? '–' : count(row.retries)),
  },
  {
    key: 'protocol',
    title: 'Protocol',
    width: '72px',
    sortBy: (row) => row.protocol,
    cell: (row) => row.protocol,
  },
  {
    key: 'tls',
    title: 'TLS',
    width: '84px',
    sortBy: (row) => row.tls,
    cell: (row) =>
      row.tls === null ? (
        '–'
      ) : row.tls === 'mtls' ? (
        'mTLS'
      ) : (
        <span className={styles.open}>
          <Icon name="unlock" size={14} /> {row.tls === 'mixed' ? 'mixed' : 'none'}
        </span>
      ),
  },
];

/** The same calls as the map's, one a row. */
export function TopologyTable({ graph, view }: { graph: Graph; view: TopologyView }) {
  const { selection, query, sort } = view;
  const rows = useMemo(() => {
    const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
    return graph.edges
      .filter((edge) => query.trim() === '' || matches(`${edge.source} ${edge.target}`, query))
      .map((edge) => ({
        ...edge,
        from: names.get(edge.source) ?? edge.source,
        to: names.get(edge.target) ?? edge.target,
      }));
  }, [graph, query]);
  return (
    <div className={styles.tableView} data-panel={selection ? 'open' : undefined}>
      <DataTable
        label="Calls"
        rows={rows}
        columns={columns}
        idOf={(row) => row.id}
        sort={sort}
        onSort={go.sort}
        selected={selection?.kind === 'edge' ? selection.id : undefined}
        onSelect={(row) => go.select({ kind: 'edge', id: row.id })}
        minWidth={1040}
        empty={<NoMatch query={query} />}
      />
    </div>
  );
}
