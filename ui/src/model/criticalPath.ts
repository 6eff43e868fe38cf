import { end, type Span, type Trace } from './trace';

/** Microseconds since the epoch. */
export interface Interval {
  from: number;
  to: number;
}

/**
 * The time that made the trace as long as it was: walking back from the end, always into the child that finished last
 * before the walk's point; what no child explains is the span's own. Children that ran beside a later one explain
 * nothing, and so does what runs on after its parent's end.
 */
export function criticalPath(trace: Trace): Map<string, Interval[]> {
  const path = new Map<string, Interval[]>();
  const longest = trace.roots.reduce<Span | undefined>(
    (best, root) => (best && best.duration >= root.duration ? best : root),
    undefined,
  );
  if (!longest) return path;
  const add = (span: Span, from: number, to: number) => {
    if (to <= from) return;
    const intervals = path.get(span.id) ?? [];
    intervals.push({ from, to });
    path.set(span.id, intervals);
  };
  const work: { span: Span; until: number }[] = [{ span: longest, until: end(longest) }];
  for (let next = work.pop(); next; next = work.pop()) {
    const { span } = next;
    let cursor = Math.min(next.until, end(span));
    const finished = (child: Span) => Math.min(end(child), end(span));
    for (const child of span.children.toSorted((a, b) => finished(b) - finished(a) || b.start - a.start)) {
      if (finished(child) > cursor + slack(child) || finished(child) <= span.start || child.start >= cursor)
        continue;
      const until = Math.min(finished(child), cursor);
      add(span, until, cursor);
      work.push({ span: child, until });
      // Clocks differ: a child may seem to begin before the call that caused it.
      cursor = Math.max(child.start, span.start);
    }
    add(span, span.start, cursor);
  }
  for (const intervals of path.values()) intervals.sort((a, b) => a.from - b.from);
  return path;
}

/** Calls one after the other can seem to overlap by what clocks and rounding differ. */
const slack = (span: Span) => Math.max(2, span.duration * 0.02);

/** As many of them as `apart` microseconds between any two leave: a lane has no more than its pixels to show. */
export function joined(intervals: readonly Interval[], apart: number): Interval[] {
  const shown: Interval[] = [];
  for (const { from, to } of intervals) {
    const last = shown.at(-1);
    if (last && from - last.to < apart) last.to = Math.max(last.to, to);
    else shown.push({ from, to });
  }
  return shown;
}

/** What of the path is each service's own, the longest first; microseconds. */
export function pathByService(
  trace: Trace,
  path: ReadonlyMap<string, Interval[]>,
): { service: string; micros: number }[] {
  const sums = new Map<string, number>();
  for (const span of trace.spans) {
    const own = (path.get(span.id) ?? []).reduce((sum, { from, to }) => sum + to - from, 0);
    if (own > 0) sums.set(span.service, (sums.get(span.service) ?? 0) + own);
  }
  return [...sums].map(([service, micros]) => ({ service, micros })).toSorted((a, b) => b.micros - a.micros);
}
