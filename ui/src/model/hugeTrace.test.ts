import { describe, expect, it } from 'vitest';
import { attempts, chain, circle, loop, MOST_SPANS, traceOf } from '../../e2e/fixtures/hugeTraces';
import { criticalPath, joined, pathByService } from './criticalPath';
import { buildTrace, type Trace } from './trace';
import { rowsOf, selfTime, step } from './waterfall';

/** All that stands between the answer and the rows. Work for each pair of spans would take longer than a test may. */
function shown(trace: Trace) {
  const path = criticalPath(trace);
  return { rows: rowsOf(trace, new Set()), path, services: pathByService(trace, path) };
}

describe('a trace of as many spans as an answer holds', () => {
  it('may be one chain', () => {
    const trace = buildTrace(chain());
    expect(trace.roots).toHaveLength(1);
    const { rows, path, services } = shown(trace);
    expect(rows.map((row) => row.kind === 'span' && row.depth)).toEqual([...Array(MOST_SPANS).keys()]);
    expect(path.size).toBeGreaterThan(0);
    expect(services).toEqual([{ service: 'worker', micros: 2 * MOST_SPANS }]);
    const [root] = trace.roots;
    expect(rowsOf(trace, new Set([root?.id ?? '']))).toMatchObject([{ hidden: MOST_SPANS - 1 }]);
    expect(step(rows, root?.id, 'down')?.parent).toBe(root);
  });

  it('may be one circle, none of whose spans is lost', () => {
    const trace = buildTrace(circle());
    expect(trace.roots).toHaveLength(MOST_SPANS);
    expect(shown(trace).rows).toHaveLength(MOST_SPANS);
  });

  it('may be one span that makes all calls itself', () => {
    const trace = buildTrace(loop());
    const [root] = trace.roots;
    expect(root?.children).toHaveLength(MOST_SPANS - 1);
    const { rows, path } = shown(trace);
    expect(rows).toHaveLength(MOST_SPANS);
    expect(root && selfTime(root)).toBe(10 * MOST_SPANS - 5 * (MOST_SPANS - 1));
    const own = path.get(root?.id ?? '') ?? [];
    expect(own).toHaveLength(MOST_SPANS);
    // What is painted of it: never more than the lane has pixels.
    expect(joined(own, trace.duration / 600)).toHaveLength(1);
    expect(joined(own, 5)).toHaveLength(MOST_SPANS);
  });

  it('may be the attempts of one exchange', () => {
    const { rows } = shown(buildTrace(attempts()));
    const made = (MOST_SPANS - 2) / 2;
    expect(rows.filter((row) => row.kind === 'reason')).toHaveLength(made - 1);
    for (const { span } of rows) if (span.attempt) expect(span.children).toHaveLength(1);
  });
});

it('cuts a circle and keeps what hangs at it in its place', () => {
  const at = { start: 0, duration: 1 };
  const trace = buildTrace(
    traceOf('a', [
      { parent: 1, ...at },
      { parent: 2, ...at },
      { parent: 0, ...at },
      { parent: 1, ...at },
      { parent: 3, ...at },
      { parent: 5, ...at },
    ]),
  );
  const number = (id: string) => Number.parseInt(id, 16);
  expect(trace.roots.map(({ id }) => number(id))).toEqual([0, 1, 2, 5]);
  expect(trace.spans.map(({ id, parent }) => [number(id), parent && number(parent.id)])).toEqual([
    [0, undefined],
    [1, undefined],
    [3, 1],
    [4, 3],
    [2, undefined],
    [5, undefined],
  ]);
});

describe('the intervals of a lane', () => {
  it('are one where less than a pixel lies between them, and change nothing of the path itself', () => {
    const path = [
      { from: 0, to: 10 },
      { from: 11, to: 20 },
      { from: 30, to: 40 },
    ];
    expect(joined(path, 2)).toEqual([
      { from: 0, to: 20 },
      { from: 30, to: 40 },
    ]);
    expect(path[0]).toEqual({ from: 0, to: 10 });
  });
});
