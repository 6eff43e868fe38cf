import { useMemo } from 'react';
import type { EdgeDiff, EdgeSide } from '../../api/diff';
import type { ShownDiff } from '../../api/shownDiff';
import type { Column } from '../../components/DataTable';
import { byWeight, tlsOf } from '../../model/diff';
import { latency, rate, share, text, type Figure } from '../../model/format';
import { namedCalls, type Named } from '../../model/namedCalls';
import { CallTable, endColumns, protocolColumn } from './CallTable';
import { ChangeSign } from './Differences';
import type { TopologyView } from './useTopologyView';
import styles from './topology.module.css';

interface Row extends Named<EdgeDiff> {
  /** Its place in the order of what matters most. */
  place: number;
}

const both = (row: Row, of: (side: EdgeSide) => string): string => {
  const [a, b] = [row.a && of(row.a), row.b && of(row.b)];
  if (a === null || b === null) return a ?? b ?? '–';
  return a === b ? a : `${a} → ${b}`;
};

function pair(
  key: string,
  title: string,
  of: (side: EdgeSide) => number | null,
  format: (value: number | null) => Figure,
): Column<Row> {
  return {
    key,
    title,
    width: 'minmax(126px, 1fr)',
    numeric: true,
    sortBy: (row) => {
      const side = row.b ?? row.a;
      return side && of(side);
    },
    cell: (row) => both(row, (side) => text(format(of(side)))),
  };
}

const columns: Column<Row>[] = [
  {
    key: 'change',
    title: 'Change',
    width: '92px',
    sortBy: (row) => row.place,
    cell: (row) => (
      <span className={styles.open}>
        <ChangeSign change={row.change} /> {row.change}
      </span>
    ),
  },
  ...endColumns<Row>('minmax(104px, 1fr)'),
  pair('rate', 'Rate', (side) => side.requestRate, rate),
  pair('success', 'Success', (side) => side.successShare, share),
  pair('p99', 'p99', (side) => side.p99, latency),
  pair('p50', 'p50', (side) => side.p50, latency),
  protocolColumn<Row>(),
  {
    key: 'tls',
    title: 'TLS',
    width: '112px',
    sortBy: (row) => both(row, tlsOf),
    cell: (row) => both(row, tlsOf),
  },
  {
    key: 'versions',
    title: 'Versions',
    width: 'minmax(90px, 1fr)',
    sortBy: (row) => both(row, versions),
    cell: (row) => both(row, versions),
  },
];

const versions = (side: EdgeSide): string => side.versions.filter(Boolean).join(', ');

/** Every call of both sides in a row, before and after. */
export function DiffTable({ shown, view }: { shown: ShownDiff; view: TopologyView }) {
  const { query, hideHealthy } = view;
  const { diff, graph } = shown;
  const rows = useMemo(() => {
    const placed = diff.edges.toSorted(byWeight).map((edge, place) => ({ ...edge, place }));
    return namedCalls(placed, graph.nodes, query).filter((row) => !hideHealthy || row.change !== 'same');
  }, [diff, graph, query, hideHealthy]);
  return (
    <CallTable
      label="Calls before and after"
      rows={rows}
      columns={columns}
      view={view}
      panel
      minWidth={1180}
    />
  );
}
