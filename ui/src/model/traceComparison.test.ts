import { describe, expect, it } from 'vitest';
import { compare } from '../../e2e/fixtures/compareApi';
import { shopTraces } from '../../e2e/fixtures/traces';
import { buildTrace, outcome } from './trace';
import { callWords, countCalls, parts, signed, typical, verdict } from './traceComparison';

const now = 1_800_000_000_000;
const jaeger = shopTraces(240, now);
const traces = jaeger.map(buildTrace);
const bought = (how: string) =>
  jaeger.filter((_, i) => {
    const trace = traces[i];
    return trace?.roots[0]?.operation.startsWith('POST') && outcome(trace) === how;
  });

describe('two traces compared', () => {
  const [well] = bought('served');
  const [retried] = bought('recovered');
  if (!well || !retried) throw new Error('the shop has both');
  const comparison = compare(well, retried);

  it('says in words which call is on one side only, and which was made more often', () => {
    const counts = countCalls(comparison.nodes);
    expect(counts.came).toBeGreaterThan(0);
    expect(comparison.nodes.filter(({ change }) => change === 'came').map(callWords)).toContain('only in B');
    const [node] = comparison.nodes;
    if (!node?.a) throw new Error('there is a root');
    expect(callWords({ ...node, b: { ...node.a, spans: 3, errors: 2 } })).toBe('1 → 3 times, 0 → 2 failed');
  });

  it('divides the difference over whose own time made it: the parts add up to it', () => {
    const all = parts(comparison.nodes);
    const sum = all.reduce((total, part) => total + part.b - part.a, 0);
    expect(sum).toBeCloseTo(comparison.b.duration - comparison.a.duration, -3);
    expect(Math.abs((all[0]?.b ?? 0) - (all[0]?.a ?? 0))).toBeGreaterThanOrEqual(
      Math.abs((all[1]?.b ?? 0) - (all[1]?.a ?? 0)),
    );
  });

  it('says which took longer, and nothing of what is too little', () => {
    const took = (a: number, b: number) =>
      verdict({ a: { ...comparison.a, duration: a }, b: { ...comparison.b, duration: b }, nodes: [] });
    expect(took(10_000, 48_200)).toBe('B took 38.2 ms longer than A');
    expect(took(48_200, 10_000)).toBe('B took 38.2 ms less than A');
    expect(took(10_000, 10_400)).toBe('Both took about as long');
    expect([signed(38_200), signed(-1_240), signed(0)]).toEqual(['+38.2 ms', '−1.24 ms', '–']);
  });
});

describe('a typical trace', () => {
  it('began alike, ended well and took as long as the middle one', () => {
    const than = traces.find((trace) => outcome(trace) === 'failed');
    if (!than) throw new Error('one failed');
    const found = typical(traces, than);
    expect(found?.roots[0]?.operation).toBe(than.roots[0]?.operation);
    expect(found && outcome(found)).toBe('served');
    const alike = traces.filter(
      (trace) => trace.roots[0]?.operation === than.roots[0]?.operation && outcome(trace) === 'served',
    );
    const faster = alike.filter((trace) => trace.duration < (found?.duration ?? 0)).length;
    expect(Math.abs(faster - (alike.length - 1) / 2)).toBeLessThanOrEqual(0.5);
  });

  it('is none where there is no other of its like', () => {
    const [one] = traces;
    if (!one) throw new Error('there is one');
    expect(typical([one], one)).toBeUndefined();
  });
});
