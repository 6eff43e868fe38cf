import type { ComparedCall, TraceComparison } from '../api/traceComparison';
import { micros, text } from './format';
import { outcome, title, type Trace } from './trace';

/** What a call's own time on the critical path is in each of two traces; microseconds. */
export interface Part {
  service: string;
  operation: string;
  a: number;
  b: number;
}

/** Where the time between the two went: the parts of both critical paths, those that differ most first. */
export function parts(nodes: readonly ComparedCall[]): Part[] {
  const sums = new Map<string, Part>();
  for (const { service, operation, a, b } of nodes) {
    const key = `${service}\n${operation}`;
    const sum = sums.get(key) ?? { service, operation, a: 0, b: 0 };
    sums.set(key, { ...sum, a: sum.a + (a?.criticalTime ?? 0), b: sum.b + (b?.criticalTime ?? 0) });
  }
  return [...sums.values()]
    .filter((part) => part.a !== part.b)
    .toSorted((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a) || (x.service < y.service ? -1 : 1));
}

/** `+38.2 ms`, `−1.24 ms`; a dash where they are alike. */
export function signed(us: number): string {
  if (Math.abs(us) < 1) return '–';
  return `${us > 0 ? '+' : '−'}${text(micros(Math.abs(us)))}`;
}

/** `B took 38.2 ms longer than A`. */
export function verdict({ a, b }: TraceComparison): string {
  const apart = b.duration - a.duration;
  if (Math.abs(apart) < Math.max(1_000, a.duration * 0.02)) return 'Both took about as long';
  return `B took ${text(micros(Math.abs(apart)))} ${apart > 0 ? 'longer' : 'less'} than A`;
}

/** What is the matter with a call, in words; empty where it is as it was. */
export function callWords({ change, a, b }: ComparedCall): string {
  if (change === 'came') return 'only in B';
  if (change === 'left') return 'only in A';
  if (!a || !b) return '';
  return [
    a.spans !== b.spans && `${a.spans} → ${b.spans} times`,
    a.errors !== b.errors && `${a.errors} → ${b.errors} failed`,
  ]
    .filter(Boolean)
    .join(', ');
}

export interface CallCount {
  came: number;
  left: number;
  changed: number;
  same: number;
}

export function countCalls(nodes: readonly ComparedCall[]): CallCount {
  const of = (change: string) => nodes.filter((node) => node.change === change).length;
  return { came: of('came'), left: of('left'), changed: of('changed'), same: of('same') };
}

/**
 * Of other traces, one that shows how it usually goes: it began with the same request, ended well, and took as long as
 * the middle one of its like.
 */
export function typical(traces: readonly Trace[], than: Trace): Trace | undefined {
  const [root] = than.roots;
  if (!root) return undefined;
  const alike = traces
    .filter((trace) => {
      const [first] = trace.roots;
      return (
        trace.id !== than.id &&
        first?.service === root.service &&
        first.operation === root.operation &&
        outcome(trace) === 'served'
      );
    })
    .toSorted((x, y) => x.duration - y.duration);
  // Receivers name their spans after a port; what has the same path as well is closer.
  const closest = alike.filter((trace) => trace.roots[0] && title(trace.roots[0]) === title(root));
  const among = closest.length > 0 ? closest : alike;
  return among[Math.floor((among.length - 1) / 2)];
}
