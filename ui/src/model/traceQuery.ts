import { DEFAULT_LOOKBACK, lookbacks } from './timeRange';

/** A trace search as it stands in the URL, and as the search API wants it. */
export interface TraceQuery {
  service: string;
  operation: string;
  /** As typed: `key=value key2="two words"`. */
  tags: string;
  min: string;
  max: string;
  lookback: string;
  /** Unix milliseconds; both set: they rule instead of the lookback. */
  from: number | undefined;
  to: number | undefined;
  limit: number;
}

export const limits = [20, 50, 100, 200, 500, 1500] as const;
const DEFAULT_LIMIT = 100;

export function parseQuery(params: URLSearchParams): TraceQuery {
  const limit = Number(params.get('limit'));
  const time = (key: string) => {
    const value = Number(params.get(key));
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const lookback = params.get('lookback');
  return {
    service: params.get('service') ?? '',
    operation: params.get('operation') ?? '',
    tags: params.get('tags') ?? '',
    min: params.get('min') ?? '',
    max: params.get('max') ?? '',
    lookback: lookbacks.some((known) => known.value === lookback) && lookback ? lookback : DEFAULT_LOOKBACK,
    from: time('from'),
    to: time('to'),
    limit: limits.some((known) => known === limit) ? limit : DEFAULT_LIMIT,
  };
}

/** Only what differs from the default. */
export const queryParams = (query: TraceQuery): Record<string, string | null> => ({
  service: query.service || null,
  operation: query.operation || null,
  tags: query.tags.trim() || null,
  min: query.min.trim() || null,
  max: query.max.trim() || null,
  lookback: query.lookback === DEFAULT_LOOKBACK ? null : query.lookback,
  from: query.from?.toFixed(0) ?? null,
  to: query.to?.toFixed(0) ?? null,
  limit: query.limit === DEFAULT_LIMIT ? null : String(query.limit),
});

/** Inputs that the search would refuse, each with what to do. */
export function problems(query: TraceQuery): string[] {
  const found: string[] = [];
  for (const [name, value] of [
    ['Min', query.min],
    ['Max', query.max],
  ] as const) {
    if (value.trim() && durationMicros(value) === undefined)
      found.push(`${name} duration “${value}” is not one: write 250ms, 1.2s or 80us.`);
  }
  const min = durationMicros(query.min);
  const max = durationMicros(query.max);
  if (min !== undefined && max !== undefined && max < min)
    found.push('The max duration is below the min duration.');
  const tags = parseTags(query.tags);
  if (typeof tags === 'string') found.push(tags);
  if (query.from && query.to && query.to <= query.from) found.push('The time range ends before it begins.');
  return found;
}

const units: Record<string, number> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/** Microseconds of `1.2s`, `250ms`, `1m30s`; undefined for anything else. */
export function durationMicros(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(trimmed)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return sum;
}

/** The pairs, or what is wrong with the text. */
export function parseTags(text: string): Record<string, string> | string {
  const tags: Record<string, string> = {};
  let rest = text.trim();
  while (rest) {
    const match = /^([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))\s*/.exec(rest);
    if (!match?.[1])
      return `Tags are key=value pairs with spaces between; “${rest.split(/\s/)[0] ?? rest}” is not one.`;
    tags[match[1]] = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '';
    rest = rest.slice(match[0].length);
  }
  return tags;
}

export interface Span {
  from: number;
  to: number;
}

/** The time that a query covers, in Unix milliseconds. */
export function timeOf(query: TraceQuery, now: number): Span {
  if (query.from && query.to) return { from: query.from, to: query.to };
  const back = lookbacks.find((known) => known.value === query.lookback)?.ms ?? 900_000;
  return { from: now - back, to: now };
}

/** Jaeger's parameters: times in microseconds, tags as a JSON object. */
export function toApi(query: TraceQuery, now: number): URLSearchParams {
  const { from, to } = timeOf(query, now);
  const params = new URLSearchParams({
    service: query.service,
    start: String(Math.round(from * 1000)),
    end: String(Math.round(to * 1000)),
    limit: String(query.limit),
  });
  if (query.operation) params.set('operation', query.operation);
  if (query.min.trim()) params.set('minDuration', query.min.trim());
  if (query.max.trim()) params.set('maxDuration', query.max.trim());
  const tags = parseTags(query.tags);
  if (typeof tags !== 'string' && Object.keys(tags).length > 0) params.set('tags', JSON.stringify(tags));
  return params;
}
