import { describe, expect, it } from 'vitest';
import { shopTraces } from '../../e2e/fixtures/traces';
import type { JaegerSpan, JaegerTrace } from '../api/traces';
import { criticalPath, pathByService } from './criticalPath';
import { decisions, retryWords } from './decisions';
import { logDomain, logTicks, marksOf, parseBrush, brushText, timeTicks, within } from './scatter';
import { stagesOf } from './stages';
import { buildTrace, end, firstFate, outcome, type Trace } from './trace';
import { rowsOf, selfTime, step, tickStep } from './waterfall';

interface Sketch {
  id: string;
  parent?: string;
  start: number;
  duration: number;
  tags?: Record<string, string | number | boolean>;
}

function sketch(...spans: Sketch[]): JaegerTrace {
  return {
    traceID: 't',
    processes: { p1: { serviceName: 'a', tags: [] } },
    spans: spans.map(({ id, parent, start, duration, tags = {} }): JaegerSpan => ({
      traceID: 't',
      spanID: id,
      operationName: id,
      references: parent ? [{ refType: 'CHILD_OF', traceID: 't', spanID: parent }] : [],
      startTime: start,
      duration,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      logs: [],
      processID: 'p1',
    })),
  };
}

const traces = shopTraces(240, 1_800_000_000_000).map(buildTrace);
const find = (how: ReturnType<typeof outcome>): Trace => {
  const trace = traces.find((candidate) => outcome(candidate) === how);
  if (!trace) throw new Error(`no trace that ${how}`);
  return trace;
};

describe('the tree of a trace', () => {
  it('loses no span to a missing parent, a circle or a duplicate', () => {
    const trace = buildTrace(
      sketch(
        { id: 'orphan', parent: 'gone', start: 5, duration: 1 },
        { id: 'x', parent: 'y', start: 0, duration: 9 },
        { id: 'y', parent: 'x', start: 1, duration: 9 },
        { id: 'self', parent: 'self', start: 2, duration: 1 },
        { id: 'self', parent: 'self', start: 2, duration: 1 },
      ),
    );
    expect(trace.spans.map((span) => span.id).toSorted()).toEqual(['orphan', 'self', 'x', 'y']);
    expect(trace.roots.find((span) => span.id === 'orphan')?.orphan).toBe(true);
  });

  it('puts parents before children and children in the order of their start', () => {
    for (const trace of traces.slice(0, 20)) {
      const at = new Map(trace.spans.map((span, i) => [span, i]));
      for (const span of trace.spans)
        if (span.parent) expect(at.get(span.parent)).toBeLessThan(at.get(span) ?? 0);
    }
  });

  it('is empty without spans', () => {
    expect(buildTrace(sketch())).toMatchObject({ spans: [], start: 0, duration: 0 });
  });

  it('moves what the first attempt caused under that attempt', () => {
    const trace = find('recovered');
    const attempts = trace.spans.filter((span) => span.attempt);
    expect(attempts.map((span) => span.attempt?.number)).toEqual([1, 2]);
    for (const attempt of attempts) expect(attempt.children.map((span) => span.kind)).toEqual(['server']);
    expect(attempts[0]?.attempt?.retry).toEqual({ decision: 'retried', reason: 'app_error' });
  });

  it('tells what failed for the asker from what was mended on the way', () => {
    expect(firstFate(find('recovered'))).toBe('app_error');
    expect(find('failed').roots.every((root) => root.failed)).toBe(true);
    expect(find('served').failedSpans).toBe(0);
  });
});

describe('the critical path', () => {
  const total = (trace: Trace) =>
    pathByService(trace, criticalPath(trace)).reduce((sum, part) => sum + part.micros, 0);

  it('adds up to the duration of the longest root, whatever runs in parallel', () => {
    for (const trace of traces)
      expect(total(trace)).toBe(Math.max(...trace.roots.map((root) => root.duration)));
  });

  it('follows the child that finished last and skips the one that ran beside it', () => {
    const trace = buildTrace(
      sketch(
        { id: 'root', start: 0, duration: 100 },
        { id: 'slow', parent: 'root', start: 10, duration: 80 },
        { id: 'beside', parent: 'root', start: 10, duration: 60 },
      ),
    );
    expect(Object.fromEntries(criticalPath(trace))).toEqual({
      root: [
        { from: 0, to: 10 },
        { from: 90, to: 100 },
      ],
      slow: [{ from: 10, to: 90 }],
    });
  });

  it('goes through calls one after the other even when clocks make them touch', () => {
    const trace = buildTrace(
      sketch(
        { id: 'root', start: 0, duration: 1000 },
        { id: 'first', parent: 'root', start: 10, duration: 491 },
        { id: 'second', parent: 'root', start: 500, duration: 480 },
      ),
    );
    expect([...criticalPath(trace).keys()].toSorted()).toEqual(['first', 'root', 'second']);
  });

  it('gives nothing to work that outlives its parent', () => {
    const trace = buildTrace(
      sketch(
        { id: 'root', start: 0, duration: 50 },
        { id: 'late', parent: 'root', start: 60, duration: 100 },
      ),
    );
    expect([...criticalPath(trace).keys()]).toEqual(['root']);
  });
});

describe('the waterfall', () => {
  it('says between two attempts why there was a second one', () => {
    const rows = rowsOf(find('recovered'), new Set());
    const at = rows.findIndex((row) => row.kind === 'reason');
    expect(rows[at]).toMatchObject({ decision: 'retried', reason: 'app_error' });
    expect(rows[at + 1]?.span.attempt?.number).toBe(2);
    expect(retryWords('retried', 'app_error')).toBe('retried: application error');
  });

  it('hides what lies under a folded span and says how much', () => {
    const trace = find('served');
    const root = trace.roots[0];
    const rows = rowsOf(trace, new Set([root?.id ?? '']));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ folded: true, hidden: trace.spans.length - 1 });
    expect(step(rowsOf(trace, new Set()), root?.id, 'down')?.parent).toBe(root);
  });

  it('counts as own time what no child covers', () => {
    const trace = buildTrace(
      sketch(
        { id: 'root', start: 0, duration: 100 },
        { id: 'a', parent: 'root', start: 10, duration: 30 },
        { id: 'b', parent: 'root', start: 20, duration: 40 },
        { id: 'c', parent: 'root', start: 90, duration: 40 },
      ),
    );
    expect(trace.roots[0] && selfTime(trace.roots[0])).toBe(40);
  });

  it('ticks at round steps', () => {
    expect([52_000, 900, 4_100_000].map((us) => tickStep(us, 5))).toEqual([10_000, 200, 1_000_000]);
  });

  it('lays stages end to end and leaves out those that took no time', () => {
    const [span] = buildTrace(
      sketch({
        id: 's',
        start: 0,
        duration: 100,
        tags: {
          'tracery.stage.queue_us': 10,
          'tracery.stage.connect_us': 0,
          'tracery.stage.first_byte_us': 70,
        },
      }),
    ).spans;
    expect(span && stagesOf(span).map(({ name, from, micros }) => [name, from, micros])).toEqual([
      ['queue', 0, 10],
      ['first_byte', 10, 70],
    ]);
  });
});

describe('the decision record', () => {
  it('reads as sentences in order, with the ending last', () => {
    const exchange = find('recovered').spans.find((span) => span.tags.get('tracery.attempts') === 2);
    const told = exchange ? decisions(exchange) : [];
    expect(told.map((sentence) => sentence.text)).toEqual([
      'Route shop/payment/0 matched and led to payment.shop, port 80.',
      expect.stringMatching(
        /^It went to 127\.0\.0\.1:210\d5 \(cost .+ ms\) rather than 127\.0\.0\.1:210\d5 \(cost .+ ms\)\.$/,
      ),
      'Attempt 1 failed and was retried: application error.',
      expect.stringMatching(/^Attempt 2 went to /),
      expect.stringMatching(
        /^It ended as served with 200 after .+ and 2 attempts, over mutual TLS with spiffe:\/\/tracery\.local\/ns\/shop\/sa\/payment\.$/,
      ),
    ]);
    expect(told.map((sentence) => sentence.at ?? Infinity)).toEqual(
      told.map((s) => s.at ?? Infinity).toSorted((a, b) => a - b),
    );
  });

  it('says why an endpoint was picked, how many were left out, and when another was asked beside it', () => {
    const [span] = buildTrace(
      sketch({ id: 'lost', start: 0, duration: 9, tags: { 'tracery.attempt.outcome': 'outrun' } }),
    ).spans;
    const log = (event: string, fields: Record<string, string | number>) => ({
      at: 0,
      event,
      fields: new Map(Object.entries(fields)),
    });
    const told = span
      ? decisions({
          ...span,
          logs: [
            log('tracery.pick', {
              'tracery.attempt': 1,
              'tracery.pick.endpoint': 'a:1',
              'tracery.pick.reason': 'hash',
              'tracery.pick.left_out': 2,
            }),
            log('tracery.hedge', {
              'tracery.attempt': 1,
              'tracery.hedge.decision': 'hedged',
              'tracery.hedge.reason': 'no answer after 50 ms, budget 9 left',
            }),
            log('tracery.pick', {
              'tracery.attempt': 2,
              'tracery.pick.endpoint': 'b:1',
              'tracery.pick.other': 'c:1',
              'tracery.pick.reason': 'probe',
            }),
            log('tracery.hedge', {
              'tracery.attempt': 2,
              'tracery.hedge.decision': 'not_hedged',
              'tracery.hedge.reason': 'the retry budget is spent',
            }),
          ],
        })
      : [];
    expect(told.map((sentence) => sentence.text)).toEqual([
      'It went to a:1, where requests like it belong. 2 endpoints were left out for failing.',
      'Another endpoint was asked beside attempt 1: no answer after 50 ms, budget 9 left.',
      'Attempt 2 went to b:1 rather than c:1, to find out whether it has recovered.',
      'Attempt 2 was slow, and no other endpoint was asked beside it: the retry budget is spent.',
      'Another attempt answered first, and this one was cancelled.',
    ]);
  });

  it('says nothing of a span that is not the proxy’s', () => {
    const [span] = buildTrace(sketch({ id: 'own', start: 0, duration: 1 })).spans;
    expect(span && decisions(span)).toEqual([]);
  });
});

describe('the scatter plot', () => {
  const marks = marksOf(traces);

  it('keeps every mark inside its scale, whose ends are ticks', () => {
    const domain = logDomain(marks);
    for (const mark of marks) expect(mark.micros).toBeGreaterThan(domain[0]);
    const ticks = logTicks(domain);
    expect([ticks[0], ticks.at(-1)]).toEqual([domain[0], domain[1]]);
  });

  it('finds round instants', () => {
    const ticks = timeTicks(1_800_000_001_234, 1_800_000_901_234, 6);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    for (const tick of ticks) expect(tick % 60_000).toBe(0);
  });

  it('puts a brush into the URL and back, and refuses nonsense', () => {
    const brush = { from: 10, to: 20, low: 1, high: 5 };
    expect(parseBrush(brushText(brush))).toEqual(brush);
    expect([null, '', '1-2', '20-10-1-5', 'a-b-c-d'].map(parseBrush)).toEqual(Array(5).fill(undefined));
    const [mark] = marks;
    expect(mark && within(mark, { from: mark.at, to: mark.at, low: mark.micros, high: mark.micros })).toBe(
      true,
    );
  });

  it('measures a trace from its first to its last instant', () => {
    for (const trace of traces) {
      for (const span of trace.spans) {
        expect(span.start).toBeGreaterThanOrEqual(trace.start);
        expect(end(span)).toBeLessThanOrEqual(trace.start + trace.duration);
      }
    }
  });
});
