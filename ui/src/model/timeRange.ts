/**
 * One time rules a page: live, or a range that stands still. `lookback` is how far back charts and the timeline reach,
 * also while a range inside of it is chosen; Unix milliseconds.
 */
export interface TimeSpan {
  lookback: Lookback;
  /** Absent: live. */
  range: Range | undefined;
}

export interface Range {
  from: number;
  to: number;
}

export const lookbacks = [
  { value: '5m', label: '5 minutes', ms: 300_000 },
  { value: '15m', label: '15 minutes', ms: 900_000 },
  { value: '1h', label: '1 hour', ms: 3_600_000 },
  { value: '6h', label: '6 hours', ms: 21_600_000 },
  { value: '24h', label: '24 hours', ms: 86_400_000 },
  // As far back as windows of a minute and of an hour are kept, unless the service is told otherwise.
  { value: '3d', label: '3 days', ms: 259_200_000 },
  { value: '7d', label: '7 days', ms: 604_800_000 },
  { value: '35d', label: '5 weeks', ms: 3_024_000_000 },
] as const;
export type Lookback = (typeof lookbacks)[number]['value'];

export const DEFAULT_LOOKBACK: Lookback = '15m';
const MINUTE_MS = 60_000;

export const lookbackMs = (value: Lookback): number =>
  lookbacks.find((known) => known.value === value)?.ms ?? 900_000;

/** What a click on the timeline chooses: the minute that ends there, or more where a day and longer is shown. */
export const momentMs = (value: Lookback): number => Math.max(MINUTE_MS, lookbackMs(value) / 1440);

export function parseTimeSpan(params: URLSearchParams): TimeSpan {
  const from = instant(params.get('from'));
  const to = instant(params.get('to'));
  return {
    lookback: lookbacks.find(({ value }) => value === params.get('lookback'))?.value ?? DEFAULT_LOOKBACK,
    range: from !== undefined && to !== undefined && to > from ? { from, to } : undefined,
  };
}

/** A moment in Unix milliseconds as it stands in a URL. */
export function instant(text: string | null): number | undefined {
  const value = Number(text ?? '');
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** What a URL says of it; the default is not said. */
export const spanParams = ({
  lookback,
  range,
}: TimeSpan): Record<'from' | 'to' | 'lookback', string | null> => ({
  ...rangeParams(range),
  lookback: lookback === DEFAULT_LOOKBACK ? null : lookback,
});

export const rangeParams = (range: Range | undefined): Record<'from' | 'to', string | null> => ({
  from: range?.from.toFixed(0) ?? null,
  to: range?.to.toFixed(0) ?? null,
});

/** As the read API asks for it. */
export const apiTime = ({ lookback, range }: TimeSpan): string =>
  range ? `from=${range.from.toFixed(0)}&to=${range.to.toFixed(0)}` : `from=-${lookback}`;

export const boundsOf = ({ lookback, range }: TimeSpan, now: number): Range =>
  range ?? { from: now - lookbackMs(lookback), to: now };

/** What the timeline shows: up to now where the range lies within the lookback, else around the range. */
export function timelineOf({ lookback, range }: TimeSpan, now: number): Range {
  const length = lookbackMs(lookback);
  if (!range || (range.from >= now - length && range.to <= now)) return { from: now - length, to: now };
  const wide = Math.max(length, (range.to - range.from) * 1.5);
  const to = Math.min(now, (range.from + range.to) / 2 + wide / 2);
  return { from: to - wide, to };
}

/** The next step of play: half of itself further on, at least ten seconds; undefined where that would be now. */
export function played(range: Range, now: number): Range | undefined {
  const step = Math.max(10_000, (range.to - range.from) / 2);
  const next = { from: range.from + step, to: range.to + step };
  return next.to >= now ? undefined : next;
}
