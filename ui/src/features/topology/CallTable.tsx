import { DataTable, type Column } from '../../components/DataTable';
import { NoMatch } from './states';
import { go, type TopologyView } from './useTopologyView';
import styles from './topology.module.css';

interface Call {
  id: string;
  from: string;
  to: string;
  protocol: string;
}

/** Who calls whom. */
export const endColumns = <C extends Call>(width: string): Column<C>[] => [
  { key: 'from', title: 'Caller', width, sortBy: (row) => row.from, cell: (row) => row.from },
  { key: 'to', title: 'Callee', width, sortBy: (row) => row.to, cell: (row) => row.to },
];

export const protocolColumn = <C extends Call>(): Column<C> => ({
  key: 'protocol',
  title: 'Protocol',
  width: '72px',
  sortBy: (row) => row.protocol,
  cell: (row) => row.protocol,
});

interface Props<C extends Call> {
  label: string;
  rows: readonly C[];
  columns: readonly Column<C>[];
  view: TopologyView;
  /** Whether a panel lies beside it. */
  panel: boolean;
  minWidth: number;
}

/** Calls in rows: what is chosen and how it is sorted stands in the URL, as for the map. */
export function CallTable<C extends Call>({ label, rows, columns, view, panel, minWidth }: Props<C>) {
  const { selection, query, sort } = view;
  return (
    <div className={styles.tableView} data-panel={panel ? 'open' : undefined}>
      <DataTable
        label={label}
        rows={rows}
        columns={columns}
        idOf={(row) => row.id}
        sort={sort}
        onSort={go.sort}
        selected={selection?.kind === 'edge' ? selection.id : undefined}
        onSelect={(row) => go.select({ kind: 'edge', id: row.id })}
        minWidth={minWidth}
        empty={<NoMatch query={query} />}
      />
    </div>
  );
}
