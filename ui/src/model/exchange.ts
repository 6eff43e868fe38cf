import type { Exchange } from '../api/tap';
import type { Tag } from '../api/traces';
import type { LogEntry, Span } from './trace';

const own = new Set([
  'sidecar',
  'namespace',
  'workload',
  'version',
  'direction',
  'timestamp',
  'duration_ms',
  'name',
  'trace_id',
  'span_id',
  'parent_span_id',
  'events',
  'attempts',
]);

const values = (from: Record<string, unknown>, skip: (key: string) => boolean): Map<string, Tag['value']> =>
  new Map(
    Object.entries(from).flatMap(([key, value]): [string, Tag['value']][] => {
      if (skip(key)) return [];
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return [[key, value]];
      return Array.isArray(value) ? [[key, value.join(', ')]] : [];
    }),
  );

/** Unix microseconds of a timestamp with nanoseconds. */
export function microsOf(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(timestamp.replace(/\.\d+/, '')) / 1000);
  return seconds * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** An exchange as the span that it is, so that what explains a span explains it too. */
export function spanOf(exchange: Exchange): Span {
  const tags = values(exchange, (key) => own.has(key));
  const fate = tags.get('tracery.fate');
  const logs = (exchange.events ?? []).map((event): LogEntry => ({
    at: microsOf(event.timestamp),
    event: event.name,
    fields: values(event, (key) => key === 'timestamp' || key === 'name'),
  }));
  return {
    id: exchange.span_id,
    service: exchange.workload,
    operation: exchange.name,
    kind: exchange.direction === 'outbound' ? 'client' : 'server',
    start: microsOf(exchange.timestamp),
    duration: exchange.duration_ms * 1000,
    tags,
    resource: new Map(),
    logs,
    fate: fate === undefined ? undefined : String(fate),
    failed: fate !== undefined && fate !== 'served',
    children: [],
    parent: undefined,
    orphan: false,
    warnings: [],
    attempt: undefined,
  };
}

/** What is chosen of the stream, as it stands in the URL and as the server asks for it; empty ones are left out. */
export const tapFilters = [
  { key: 'workload', label: 'Workload', hint: 'shop/cart' },
  { key: 'fate', label: 'Fate', hint: '!served' },
  { key: 'status', label: 'Status', hint: '5xx' },
  { key: 'method', label: 'Method', hint: 'GET' },
  { key: 'path', label: 'Path from', hint: '/cart' },
  { key: 'route', label: 'Route', hint: 'shop/cart/0' },
  { key: 'peer', label: 'Other end', hint: 'cart' },
  { key: 'header', label: 'Header', hint: 'x-user:42' },
  { key: 'min_ms', label: 'At least, ms', hint: '250' },
] as const;

export function tapQuery(params: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams();
  for (const key of [...tapFilters.map((filter) => filter.key), 'direction', 'retried', 'since', 'sample']) {
    const value = params.get(key)?.trim();
    if (value) query.set(key, value);
  }
  return query;
}
