import { firstFate, outcome, type Outcome, type Trace } from './trace';
import { tickStep } from './waterfall';

/** A trace as a mark: Unix milliseconds across, microseconds up. */
export interface Mark {
  trace: Trace;
  at: number;
  micros: number;
  outcome: Outcome;
  fate: string | undefined;
}

export interface Brush {
  from: number;
  to: number;
  low: number;
  high: number;
}

export const marksOf = (traces: readonly Trace[]): Mark[] =>
  traces.map((trace) => ({
    trace,
    at: trace.start / 1000,
    micros: Math.max(trace.duration, 1),
    outcome: outcome(trace),
    fate: firstFate(trace),
  }));

const rank: Record<Outcome, number> = { served: 0, recovered: 1, failed: 2 };

/** In drawing order: what failed lies on top. */
export const failedLast = (marks: readonly Mark[]): Mark[] =>
  marks.toSorted((a, b) => rank[a.outcome] - rank[b.outcome]);

export const within = (mark: Mark, brush: Brush | undefined): boolean =>
  !brush ||
  (mark.at >= brush.from && mark.at <= brush.to && mark.micros >= brush.low && mark.micros <= brush.high);

export const brushText = (brush: Brush): string =>
  [brush.from, brush.to, brush.low, brush.high].map((n) => Math.round(n).toString()).join('-');

export function parseBrush(text: string | null): Brush | undefined {
  const [from, to, low, high] = (text ?? '').split('-').map(Number);
  if (!from || !to || low === undefined || !high || !Number.isFinite(low) || to <= from || high <= low)
    return undefined;
  return { from, to, low, high };
}

/** The logarithmic range of some durations, widened to where ticks stand. */
export function logDomain(marks: readonly Mark[]): [number, number] {
  if (marks.length === 0) return [1_000, 1_000_000];
  const low = Math.min(...marks.map((mark) => mark.micros));
  const high = Math.max(...marks.map((mark) => mark.micros));
  return [logStep(low / 1.3, Math.floor), logStep(high * 1.3, Math.ceil)];
}

/** The next of … 1, 3, 10, 30 … below or above: where ticks stand. */
function logStep(x: number, round: (n: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(x, 1)));
  const rest = Math.max(x, 1) / power;
  if (round === Math.floor) return rest >= 3 ? 3 * power : power;
  return rest <= 1 ? power : rest <= 3 ? 3 * power : 10 * power;
}

export function logTicks([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of [1, 3]) {
      const tick = factor * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks.length > 6
    ? ticks.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6))
    : ticks;
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800,
  604_800,
].map((s) => s * 1000);

/** Round instants, about as many as wanted. */
export function timeTicks(from: number, to: number, wanted: number): number[] {
  const raw = (to - from) / wanted;
  const step = TIME_STEPS.find((candidate) => candidate >= raw) ?? tickStep(raw, 1);
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let t = Math.ceil((from - offset) / step) * step + offset; t <= to; t += step) ticks.push(t);
  return ticks;
}
