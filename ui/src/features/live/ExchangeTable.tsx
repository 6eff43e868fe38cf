import type { Exchange } from '../../api/tap';
import { DataTable, type Column } from '../../components/DataTable';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { fateWords } from '../../model/fates';
import { clockMillis, latency } from '../../model/format';
import { microsOf, spanOf } from '../../model/exchange';
import { parseSort, sortText } from '../../model/sort';
import { title, word } from '../../model/trace';

const tag = (exchange: Exchange, key: string) => word(spanOf(exchange).tags, key) ?? '';

const status = (exchange: Exchange) =>
  tag(exchange, 'http.response.status_code') || tag(exchange, 'rpc.response.status_code');

const columns: Column<Exchange>[] = [
  {
    key: 'time',
    title: 'Began',
    width: '104px',
    sortBy: (exchange) => microsOf(exchange.timestamp),
    cell: (exchange) => clockMillis(microsOf(exchange.timestamp) / 1000),
  },
  {
    key: 'workload',
    title: 'Sidecar of',
    width: 'minmax(90px, 1fr)',
    sortBy: (exchange) => exchange.workload,
    cell: (exchange) => exchange.workload,
  },
  {
    key: 'peer',
    title: 'With',
    width: 'minmax(100px, 1fr)',
    sortBy: (exchange) => tag(exchange, 'service.peer.name'),
    cell: (exchange) =>
      `${exchange.direction === 'outbound' ? '→' : '←'} ${tag(exchange, 'service.peer.name') || 'outside'}`,
  },
  {
    key: 'name',
    title: 'Request',
    width: 'minmax(160px, 2fr)',
    sortBy: (exchange) => title(spanOf(exchange)),
    cell: (exchange) => {
      const path = tag(exchange, 'url.path');
      const method = tag(exchange, 'http.request.method');
      return path ? `${method} ${path}` : exchange.name;
    },
  },
  {
    key: 'duration',
    title: 'Duration',
    width: '86px',
    numeric: true,
    sortBy: (exchange) => exchange.duration_ms,
    cell: (exchange) => <Figure of={latency(exchange.duration_ms)} />,
  },
  {
    key: 'status',
    title: 'Status',
    width: '90px',
    sortBy: status,
    cell: status,
  },
  {
    key: 'fate',
    title: 'Ended as',
    width: 'minmax(150px, 1.2fr)',
    sortBy: (exchange) => tag(exchange, 'tracery.fate'),
    cell: (exchange) => {
      const fate = tag(exchange, 'tracery.fate');
      const attempts = Number(tag(exchange, 'tracery.attempts'));
      return (
        <>
          {fate !== 'served' && <HealthMark share={0} />} {fateWords(fate)}
          {attempts > 1 && ` · ${attempts} attempts`}
        </>
      );
    },
  },
];

/** Both ends of one call can have the same span. */
const idOf = (exchange: Exchange): string => `${exchange.span_id} ${exchange.sidecar}`;

/** Newest first until another order is chosen. */
export function ExchangeTable({
  exchanges,
  chosen,
}: {
  exchanges: readonly Exchange[];
  chosen: string | undefined;
}) {
  const { params } = useLocation();
  const found = exchanges.find((exchange) => exchange.span_id === chosen);
  return (
    <DataTable
      label="Exchanges"
      rows={exchanges}
      columns={columns}
      idOf={idOf}
      sort={parseSort(params.get('sort'), { key: 'time', descending: true })}
      onSort={(sort) => navigate(urlWith({ sort: sortText(sort) }), { replace: true })}
      selected={found && idOf(found)}
      onSelect={(exchange) => navigate(urlWith({ exchange: exchange.span_id }), { replace: true })}
      minWidth={900}
    />
  );
}
