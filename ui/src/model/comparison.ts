import { instant, lookbackMs, type Lookback, type Range } from './timeRange';

/** Two moments, each the time of `span` that ends there, as the URL and the read API say them: `-1h`, `now`, Unix ms. */
export interface Moments {
  kind: 'moments';
  a: string;
  b: string;
  span: Span;
}

/** Two versions of one workload, over the page's time. */
export interface Versions {
  kind: 'versions';
  node: string;
  a: string;
  b: string;
}

export type Comparison = Moments | Versions;

export const spans = [
  { value: '30s', label: '30 s', ms: 30_000 },
  { value: '1m', label: '1 min', ms: 60_000 },
  { value: '5m', label: '5 min', ms: 300_000 },
  { value: '15m', label: '15 min', ms: 900_000 },
  { value: '1h', label: '1 h', ms: 3_600_000 },
] as const;
export type Span = (typeof spans)[number]['value'];
const DEFAULT_SPAN: Span = '5m';

export const spanMs = (span: Span): number => spans.find(({ value }) => value === span)?.ms ?? 300_000;

/** What is remembered stands in windows of at least this. */
const GRAIN_MS = 10_000;

export function parseComparison(params: URLSearchParams): Comparison | undefined {
  const a = params.get('a');
  const b = params.get('b') ?? 'now';
  const node = params.get('of');
  if (!a) return undefined;
  if (node) return { kind: 'versions', node, a, b };
  const span = spans.find(({ value }) => value === params.get('span'))?.value ?? DEFAULT_SPAN;
  return { kind: 'moments', a, b, span };
}

type Said = Record<'a' | 'b' | 'of' | 'span', string | null>;

/** What a URL says of it; undefined: nothing. */
export function comparisonParams(comparison: Comparison | undefined): Said {
  if (!comparison) return { a: null, b: null, of: null, span: null };
  if (comparison.kind === 'versions')
    return { a: comparison.a, b: comparison.b, of: comparison.node, span: null };
  const { a, b, span } = comparison;
  return { a, b: b === 'now' ? null : b, of: null, span: span === DEFAULT_SPAN ? null : span };
}

/** As the read API asks for it; `time` is that of the page, for versions. */
export function comparisonQuery(comparison: Comparison, time: string): string {
  const { a, b } = comparison;
  return comparison.kind === 'versions'
    ? `${new URLSearchParams({ node: comparison.node, a, b }).toString()}&${time}`
    : new URLSearchParams({ a, b, window: comparison.span }).toString();
}

/** Whether it is another question a moment later. */
export const moves = (comparison: Comparison, range: Range | undefined): boolean =>
  comparison.kind === 'versions'
    ? range === undefined
    : [comparison.a, comparison.b].some((text) => text === 'now' || text.startsWith('-'));

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Unix milliseconds of a moment as the read API writes them; undefined for what is none. */
export function momentOf(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const [, amount, unit = ''] = /^-(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (units[unit] ?? 0);
  const iso = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(iso) ? instant(text) : iso;
}

/** Where both lie in time; undefined where one is no moment. */
export function rangesOf({ a, b, span }: Moments, now: number): { a: Range; b: Range } | undefined {
  const [before, after] = [momentOf(a, now), momentOf(b, now)];
  const length = spanMs(span);
  if (before === undefined || after === undefined) return undefined;
  return { a: { from: before - length, to: before }, b: { from: after - length, to: after } };
}

/** A moment in whole windows, as it stands in a URL; what is all but now is now. */
export const momentText = (t: number, now: number): string =>
  t >= now - GRAIN_MS / 2 ? 'now' : String(Math.round(t / GRAIN_MS) * GRAIN_MS);

/** What one begins with: the page's range against the time before it, or now against as long ago as the charts reach. */
export function firstComparison(lookback: Lookback, range: Range | undefined): Moments {
  if (!range) return { kind: 'moments', a: `-${lookback}`, b: 'now', span: widest(lookbackMs(lookback) / 2) };
  return {
    kind: 'moments',
    a: range.from.toFixed(0),
    b: range.to.toFixed(0),
    span: widest(range.to - range.from),
  };
}

/** The beginning of what is remembered against now. */
export function sinceOldest(oldest: number, now: number): Moments {
  const span = widest((now - oldest) / 2);
  return { kind: 'moments', a: momentText(oldest + spanMs(span), now), b: 'now', span };
}

/** The longest that is not above `ms`, up to the default: two times that overlap differ by less than they seem to. */
const widest = (ms: number): Span =>
  spans.findLast((span) => span.ms <= Math.min(ms, spanMs(DEFAULT_SPAN)))?.value ?? '30s';

/** Right before something happened, and right after it: as long after it as the span is, or as there has been. */
export function aroundEvent(t: number, span: Span, now: number): Moments {
  const before = Math.floor(t / GRAIN_MS) * GRAIN_MS;
  const after = Math.ceil(t / GRAIN_MS) * GRAIN_MS;
  const fits = Math.min(spanMs(span), Math.max(now - after, 0));
  const length = spans.findLast(({ ms }) => ms <= fits)?.value ?? '30s';
  return {
    kind: 'moments',
    a: String(before),
    b: momentText(Math.min(after + spanMs(length), now), now),
    span: length,
  };
}

/** The timeline for both: at least as long as the lookback, up to now. */
export function comparedTimeline(ranges: { a: Range; b: Range }, lookback: Lookback, now: number): Range {
  const oldest = Math.min(ranges.a.from, ranges.b.from);
  const length = now - oldest;
  return { from: Math.min(now - lookbackMs(lookback), oldest - length * 0.03), to: now };
}
