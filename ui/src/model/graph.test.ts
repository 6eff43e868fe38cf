import { describe, expect, it } from 'vitest';
import { graphAt } from '../../e2e/fixtures/shop';
import { emphasisOf, matches } from './emphasis';
import { fateRows, fateWords, sumFates } from './fates';
import { freshness } from './freshness';
import { edgeStep, healthOf, nodeStep } from './health';
import { addUp, nodeRates, RateHistory, spark } from './history';
import { parseSort, sortRows, sortText } from './sort';
import { summarize } from './summary';
import { versionSplit } from './versions';
import { walk } from './walk';

const now = 1_800_000_000_000;
const shop = graphAt(now, now - 600_000);
const columns: Record<string, number> = {
  clients: 0,
  web: 1,
  checkout: 2,
  recommendation: 2,
  cart: 3,
  payment: 3,
  shipping: 3,
};
const at = (id: string) => {
  const name = id.split('/')[1] ?? '';
  const x = columns[name];
  return x === undefined ? undefined : { x: x * 100, y: Object.keys(columns).indexOf(name) * 10 };
};

describe('health', () => {
  it('marks below 99 and below 95 percent, and says nothing where nothing was asked', () => {
    expect([1, 0.99, 0.989, 0.95, 0.949, null].map(healthOf)).toEqual([
      'healthy',
      'healthy',
      'warning',
      'warning',
      'failing',
      'unknown',
    ]);
  });

  it('has four widths and three sizes', () => {
    expect([null, 0.9, 1, 10, 250].map(edgeStep)).toEqual([0, 0, 1, 2, 3]);
    expect([null, 9, 10, 100].map(nodeStep)).toEqual([0, 0, 1, 2]);
  });
});

describe('fates', () => {
  it('lists served first, then the commonest, and adds up several edges', () => {
    const sum = sumFates([
      { served: 5, deadline: 1 },
      { served: 4, app_error: 2, no_route: 0 },
    ]);
    expect(fateRows(sum).map((row) => [row.label, row.count])).toEqual([
      ['served', 9],
      ['app_error', 2],
      ['deadline', 1],
    ]);
    expect(fateRows(sum).reduce((total, row) => total + row.share, 0)).toBeCloseTo(1);
  });

  it('shows a fate it does not know as it came', () => {
    expect(fateWords('reset_before_headers')).toBe('reset before headers');
    expect(fateWords('eaten_by_bear')).toBe('eaten by bear');
  });
});

describe('freshness', () => {
  const live = { state: 'live' } as const;
  const seen = { serverNow: 5_000_000, newestData: 4_999_000, receivedAt: 100_000 };

  it('grows old by our own clock when nothing comes, whatever the server says the time is', () => {
    expect(freshness(live, seen, 100_000)).toEqual({ state: 'live', ageMs: 1_000 });
    expect(freshness(live, seen, 112_000).state).toBe('late');
    expect(freshness(live, seen, 140_000)).toEqual({ state: 'stale', ageMs: 41_000 });
  });

  it('tells a lost server from one that has no data yet', () => {
    expect(freshness({ state: 'lost', since: 90_000, retryAt: 103_000 }, seen, 100_000)).toEqual({
      state: 'lost',
      sinceMs: 10_000,
      retryInMs: 3_000,
    });
    expect(freshness(live, { ...seen, newestData: null }, 100_000)).toEqual({ state: 'empty' });
    expect(freshness({ state: 'connecting' }, undefined, 0)).toEqual({ state: 'connecting' });
  });
});

describe('walking with the arrow keys', () => {
  it('goes along the busiest call to the callee and back', () => {
    const call = walk(shop, at, { kind: 'node', id: 'external/clients' }, 'right');
    expect(call).toEqual({ kind: 'edge', id: 'external/clients>shop/web:http' });
    expect(walk(shop, at, call, 'right')).toEqual({ kind: 'node', id: 'shop/web' });
    expect(walk(shop, at, call, 'left')).toEqual({ kind: 'node', id: 'external/clients' });
  });

  it('begins at the leftmost node and stops where there is nothing further', () => {
    expect(walk(shop, at, undefined, 'right')).toEqual({ kind: 'node', id: 'external/clients' });
    expect(walk(shop, at, { kind: 'node', id: 'shop/kv' }, 'right')).toBeUndefined();
  });

  it('keeps to its column going up and down, and to the siblings of a call', () => {
    expect(walk(shop, at, { kind: 'node', id: 'shop/cart' }, 'down')).toEqual({
      kind: 'node',
      id: 'shop/payment',
    });
    expect(walk(shop, at, { kind: 'edge', id: 'shop/checkout>shop/cart:http' }, 'down')).toEqual({
      kind: 'edge',
      id: 'shop/checkout>shop/payment:http',
    });
  });
});

describe('emphasis', () => {
  it('keeps the neighbours of a selection', () => {
    const { nodes, edges } = emphasisOf(shop, { kind: 'node', id: 'shop/payment' }, '');
    expect([...(nodes ?? [])].toSorted()).toEqual(['shop/checkout', 'shop/payment']);
    expect([...(edges ?? [])]).toEqual(['shop/checkout>shop/payment:http']);
  });

  it('dims nothing for a selection that has left the graph', () => {
    expect(emphasisOf(shop, { kind: 'node', id: 'shop/gone' }, '').nodes).toBeUndefined();
  });

  it('finds every word in any order', () => {
    expect(matches('shop/recommendation', 'REC shop')).toBe(true);
    expect(matches('shop/recommendation', 'rec web')).toBe(false);
  });
});

describe('history', () => {
  it('keeps two minutes a node and forgets nodes that left', () => {
    const history = new RateHistory();
    for (let t = 0; t < 300; t++) history.record({ ...graphAt(now + t * 1000, now), now: now + t * 1000 });
    const line = history.line('shop/web');
    expect(line.length).toBeGreaterThan(100);
    expect(line.length).toBeLessThanOrEqual(122);
    history.record({ ...shop, now: now + 301_000, nodes: [] });
    expect(history.line('shop/web')).toEqual([]);
  });

  it('puts what the server remembers in front of what was seen here', () => {
    const history = new RateHistory();
    history.record(shop);
    history.seed('shop/web', [
      { t: now - 1000, value: 1 },
      { t: now + 500, value: 2 },
    ]);
    expect(history.line('shop/web').map((sample) => sample.t)).toEqual([now - 1000, now]);
  });

  it('draws a caller from outside with what it sends', () => {
    expect(nodeRates(shop).get('external/clients')).toBeCloseTo(shop.edges[0]?.requestRate ?? 0);
  });

  it('adds series up instant by instant', () => {
    const point = { t: 1, requestRate: 2, successShare: null, p50: null, p90: null, p99: null };
    const sum = addUp([
      { id: 'a', step: 1, points: [point, { ...point, t: 2 }] },
      { id: 'b', step: 1, points: [point, { ...point, t: 3, requestRate: null }] },
    ]);
    expect(sum).toEqual([
      { t: 1, value: 4 },
      { t: 2, value: 2 },
    ]);
  });

  it('draws nothing from one sample', () => {
    expect(spark([{ t: 1, value: 1 }], 10, 10)).toBeUndefined();
    expect(
      spark(
        [
          { t: 0, value: 0 },
          { t: 30_000, value: 4 },
        ],
        90,
        10,
      )?.line,
    ).toBe('M0.0 10.0L90.0 0.0');
  });
});

describe('summary, versions and sorting', () => {
  it('counts what comes from outside, once', () => {
    const { workloads, requestRate, fromOutside, plain } = summarize(shop);
    expect({ workloads, fromOutside, plain }).toEqual({ workloads: 9, fromOutside: true, plain: 1 });
    expect(requestRate).toBeCloseTo(shop.edges[0]?.requestRate ?? 0);
  });

  it('sees a split only where there is one', () => {
    const splits = versionSplit(shop);
    expect([...splits.keys()]).toEqual(['shop/recommendation']);
    expect(splits.get('shop/recommendation')?.map((v) => [v.version, v.share])).toEqual([
      ['v1', 0.9],
      ['v2', expect.closeTo(0.1)],
    ]);
  });

  it('sorts unknown values last both ways', () => {
    const rows = [{ v: 2 }, { v: null }, { v: 1 }];
    expect(sortRows(rows, (row) => row.v, true).map((row) => row.v)).toEqual([2, 1, null]);
    expect(sortRows(rows, (row) => row.v, false).map((row) => row.v)).toEqual([1, 2, null]);
    expect(sortText(parseSort('-rate', { key: 'x', descending: false }))).toBe('-rate');
  });
});
