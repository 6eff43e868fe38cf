import { end, type Retry, type Span, type Trace } from './trace';

export type Row =
  | { kind: 'span'; key: string; span: Span; depth: number; folded: boolean; hidden: number }
  /** Between two attempts: why there was a second one. */
  | { kind: 'reason'; key: string; span: Span; depth: number; decision: string; reason: string };

/** The waterfall's rows, top to bottom; a folded span hides everything below it. */
export function rowsOf(trace: Trace, folded: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const stack = trace.roots.map((span) => ({ span, depth: 0 })).reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { span, depth } = next;
    const isFolded = folded.has(span.id);
    rows.push({
      kind: 'span',
      key: span.id,
      span,
      depth,
      folded: isFolded,
      hidden: isFolded ? descendants(span) : 0,
    });
    if (!isFolded)
      for (const child of span.children.toReversed()) stack.push({ span: child, depth: depth + 1 });
  }
  return withReasons(rows);
}

/** Each reason stands right before the next attempt, below everything that the failed one caused. */
function withReasons(rows: Row[]): Row[] {
  const retries = new Map<Span, Map<number, Retry>>();
  for (const { span } of rows) {
    if (!span.parent || !span.attempt?.retry) continue;
    const { number, retry } = span.attempt;
    const known = retries.get(span.parent) ?? new Map<number, Retry>();
    retries.set(span.parent, known.set(number, known.get(number) ?? retry));
  }
  return rows.flatMap((row) => {
    const { parent, attempt } = row.span;
    const before = parent && attempt && retries.get(parent)?.get(attempt.number - 1);
    if (!before) return [row];
    return [
      { kind: 'reason', key: `reason ${row.key}`, span: row.span, depth: row.depth, ...before } as const,
      row,
    ];
  });
}

/** How many levels of calls lie below the roots. */
export const deepest = (trace: Trace): number =>
  rowsOf(trace, new Set()).reduce((most, { depth }) => Math.max(most, depth), 0);

function descendants(span: Span): number {
  let n = 0;
  const stack = [...span.children];
  for (let next = stack.pop(); next; next = stack.pop()) {
    n++;
    for (const child of next.children) stack.push(child);
  }
  return n;
}

/** A round step in microseconds of which `width` holds about `wanted`: 1, 2 or 5 times a power of ten. */
export function tickStep(micros: number, wanted: number): number {
  const raw = Math.max(micros, 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  return (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10) * power;
}

/** Steps of the arrow keys through the tree. */
export function step(
  rows: readonly Row[],
  spanId: string | undefined,
  direction: 'up' | 'down',
): Span | undefined {
  const spans = rows.filter((row) => row.kind === 'span').map((row) => row.span);
  const at = spans.findIndex((span) => span.id === spanId);
  if (at < 0) return spans[0];
  return spans[at + (direction === 'down' ? 1 : -1)];
}

export const selfTime = (span: Span): number => {
  let covered = 0;
  let cursor = span.start;
  for (const child of span.children.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(child.start, cursor);
    const to = Math.min(end(child), end(span));
    if (to > from) {
      covered += to - from;
      cursor = to;
    }
  }
  return Math.max(0, span.duration - covered);
};
