import { useMemo } from 'react';
import { DataTable, type Column } from '../../components/DataTable';
import { Figure } from '../../components/Figure';
import { Icon } from '../../components/Icon';
import { Link, navigate, urlWith, useLocation } from '../../components/navigation';
import { OutcomeMark } from '../../components/OutcomeMark';
import { clockMillis, micros } from '../../model/format';
import { fateWords } from '../../model/fates';
import { parseSort, sortText } from '../../model/sort';
import type { Mark } from '../../model/scatter';
import { title } from '../../model/trace';
import { chooseToCompare, openTrace } from './useSearch';
import styles from './traces.module.css';

const root = (mark: Mark) => mark.trace.roots[0];
const titleOf = (mark: Mark) => {
  const first = root(mark);
  return first ? title(first) : '';
};
const ending = (mark: Mark) =>
  mark.outcome === 'served'
    ? 'served'
    : `${mark.outcome === 'recovered' ? 'recovered: ' : ''}${fateWords(mark.fate ?? 'error')}`;

const columnsWith = (chosen: string | null): Column<Mark>[] => [
  ...columns,
  {
    key: 'compare',
    title: '',
    width: '92px',
    sortBy: () => null,
    cell: (mark) => (
      <button
        type="button"
        className={styles.compare}
        aria-pressed={mark.trace.id === chosen}
        title={chosen ? 'Compare the chosen one with this one' : 'Choose it to be compared with another'}
        onClick={(event) => {
          event.stopPropagation();
          chooseToCompare(mark.trace.id);
        }}
        onKeyDown={(event) => event.stopPropagation()}
      >
        <Icon name="diff" size={12} />
        {mark.trace.id === chosen ? 'Chosen' : 'Compare'}
      </button>
    ),
  },
];

const columns: Column<Mark>[] = [
  {
    key: 'time',
    title: 'Time',
    width: '104px',
    sortBy: (mark) => mark.at,
    cell: (mark) => clockMillis(mark.at),
  },
  {
    key: 'service',
    title: 'Began at',
    width: 'minmax(90px, 1fr)',
    sortBy: (mark) => root(mark)?.service ?? '',
    cell: (mark) => (
      <Link to={`/traces/${mark.trace.id}`} tabIndex={-1}>
        {root(mark)?.service}
      </Link>
    ),
  },
  {
    key: 'operation',
    title: 'Operation',
    width: 'minmax(120px, 2fr)',
    sortBy: titleOf,
    cell: titleOf,
  },
  {
    key: 'duration',
    title: 'Duration',
    width: '96px',
    numeric: true,
    sortBy: (mark) => mark.micros,
    cell: (mark) => <Figure of={micros(mark.micros)} />,
  },
  {
    key: 'spans',
    title: 'Spans',
    width: '64px',
    numeric: true,
    sortBy: (mark) => mark.trace.spans.length,
    cell: (mark) => mark.trace.spans.length,
  },
  {
    key: 'services',
    title: 'Services',
    width: '76px',
    numeric: true,
    sortBy: (mark) => mark.trace.services.length,
    cell: (mark) => mark.trace.services.length,
  },
  {
    key: 'end',
    title: 'Ended as',
    width: 'minmax(232px, 1.4fr)',
    sortBy: ending,
    cell: (mark) => (
      <>
        <OutcomeMark outcome={mark.outcome} /> {ending(mark)}
      </>
    ),
  },
  {
    key: 'id',
    title: 'Trace',
    width: '150px',
    sortBy: (mark) => mark.trace.id,
    cell: (mark) => <span className="mono">{mark.trace.id.slice(0, 16)}</span>,
  },
];

interface Props {
  marks: readonly Mark[];
  hovered: string | undefined;
  onHover: (traceId: string | undefined) => void;
}

export function TraceTable({ marks, hovered, onHover }: Props) {
  const { params } = useLocation();
  const chosen = params.get('with');
  const all = useMemo(() => columnsWith(chosen), [chosen]);
  return (
    <div className={styles.table}>
      <DataTable
        label="Traces"
        rows={marks}
        columns={all}
        idOf={(mark) => mark.trace.id}
        sort={parseSort(params.get('sort'), { key: 'time', descending: true })}
        onSort={(sort) => navigate(urlWith({ sort: sortText(sort) }), { replace: true })}
        highlighted={hovered}
        onSelect={(mark) => openTrace(mark.trace.id)}
        onHover={(mark) => onHover(mark?.trace.id)}
        minWidth={1090}
        empty={<p className={styles.none}>No trace lies in the box.</p>}
      />
    </div>
  );
}
