import { describe, expect, it } from 'vitest';
import type { Point } from '../api/tally';
import { suspects, troubleSince } from './trouble';

const line = (...shares: (number | null)[]): Point[] =>
  shares.map((successShare, i) => ({ t: i * 10_000, requestRate: 1, successShare, p50: 1, p90: 1, p99: 1 }));

describe('since when', () => {
  it('is the first bad point that no calm minute follows', () => {
    expect(troubleSince(line(1, 1, 0.5, 1, 0.6, 0.7))).toEqual({ t: 20_000, before: false });
    expect(troubleSince(line(0.5, 1, 1, 1, 1, 1, 1, 1, 0.5))).toEqual({ t: 80_000, before: false });
  });

  it('says so where it was bad before the line begins, and nothing where all is well', () => {
    expect(troubleSince(line(0.5, 0.5, 0.5))).toEqual({ t: 0, before: true });
    expect(troubleSince(line(0.2, 1, 1, 1, 1, 1, 1, 1))).toBeUndefined();
    expect(troubleSince(line(null, null))).toBeUndefined();
  });

  it('suspects what was changed up to ten minutes before, the closest first', () => {
    const event = (t: number) => ({ t, kind: 'deploy', action: 'appeared', node: null, text: String(t) });
    expect(
      suspects([event(0), event(700_000), event(900_000), event(1_000_000)], 910_000).map((e) => e.t),
    ).toEqual([900_000, 700_000]);
  });
});
