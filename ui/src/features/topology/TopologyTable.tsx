import { useMemo } from 'react';
import type { Graph, GraphEdge } from '../../api/graph';
import type { Column } from '../../components/DataTable';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { TlsWord } from '../../components/TlsWord';
import { count, latency, rate, share } from '../../model/format';
import { namedCalls, type Named } from '../../model/namedCalls';
import { CallTable, endColumns, protocolColumn } from './CallTable';
import type { TopologyView } from './useTopologyView';

type Row = Named<GraphEdge>;

const columns: Column<Row>[] = [
  ...endColumns<Row>('minmax(104px, 2fr)'),
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
  protocolColumn<Row>(),
  {
    key: 'tls',
    title: 'TLS',
    width: '84px',
    sortBy: (row) => row.tls,
    cell: (row) => <TlsWord tls={row.tls} />,
  },
];

/** The same calls as the map's, one a row. */
export function TopologyTable({ graph, view }: { graph: Graph; view: TopologyView }) {
  const { selection, query } = view;
  const rows = useMemo(() => namedCalls(graph.edges, graph.nodes, query), [graph, query]);
  return (
    <CallTable
      label="Calls"
      rows={rows}
      columns={columns}
      view={view}
      panel={selection !== undefined}
      minWidth={1040}
    />
  );
}
