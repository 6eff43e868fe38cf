import { describe, expect, it } from 'vitest';
import {
  aroundEvent,
  comparisonParams,
  comparisonQuery,
  firstComparison,
  momentOf,
  momentText,
  moves,
  parseComparison,
  rangesOf,
  sinceOldest,
} from './comparison';

const now = 1_800_000_000_000;
const parse = (query: string) => parseComparison(new URLSearchParams(query));

describe('a comparison', () => {
  it('is none where no A is named, and of now where no B is', () => {
    expect(parse('b=now')).toBeUndefined();
    expect(parse('a=-1h')).toEqual({ kind: 'moments', a: '-1h', b: 'now', span: '5m' });
    expect(parse('a=v1&b=v2&of=shop/reco')).toEqual({
      kind: 'versions',
      node: 'shop/reco',
      a: 'v1',
      b: 'v2',
    });
  });

  it('comes back from the URL as it went in', () => {
    for (const query of ['a=-1h', 'a=1000&b=2000&span=1m', 'a=v1&b=v2&of=shop%2Freco']) {
      const said = Object.entries(comparisonParams(parse(query))).filter(([, value]) => value !== null);
      expect(parse(new URLSearchParams(said as [string, string][]).toString())).toEqual(parse(query));
    }
  });

  it('asks the server for the moments, or for the versions in the page’s time', () => {
    const [moments, versions] = [parse('a=-1h&span=1m'), parse('a=v1&b=v2&of=shop/reco')];
    expect(moments && comparisonQuery(moments, 'from=-15m')).toBe('a=-1h&b=now&window=1m');
    expect(versions && comparisonQuery(versions, 'from=-15m')).toBe('node=shop%2Freco&a=v1&b=v2&from=-15m');
  });

  it('reads moments as the server does', () => {
    expect(momentOf('now', now)).toBe(now);
    expect(momentOf('-15m', now)).toBe(now - 900_000);
    expect(momentOf('2027-01-15T08:00:00Z', now)).toBe(now);
    expect(momentOf('1799999999999', now)).toBe(now - 1);
    expect(momentOf('yesterday', now)).toBeUndefined();
    expect(rangesOf({ kind: 'moments', a: 'yesterday', b: 'now', span: '5m' }, now)).toBeUndefined();
  });

  it('goes on with the clock only where one of them is relative to it', () => {
    const of = (query: string) => moves(parse(query) ?? firstComparison('15m', undefined), undefined);
    expect(of('a=-1h')).toBe(true);
    expect(of('a=1000&b=now')).toBe(true);
    expect(of('a=1000&b=2000')).toBe(false);
  });

  it('puts moments on whole windows, and what is all but now at now', () => {
    expect(momentText(now - 64_000, now)).toBe(String(now - 60_000));
    expect(momentText(now - 2_000, now)).toBe('now');
  });

  it('begins with now against as long ago as the charts reach, or with a range against the time before it', () => {
    expect(firstComparison('15m', undefined)).toMatchObject({ a: '-15m', b: 'now', span: '5m' });
    expect(firstComparison('5m', undefined)).toMatchObject({ a: '-5m', span: '1m' });
    expect(firstComparison('1h', { from: now - 120_000, to: now - 60_000 })).toMatchObject({
      a: String(now - 120_000),
      b: String(now - 60_000),
      span: '1m',
    });
  });

  it('lays right before a change against right after it, no longer than it has been', () => {
    expect(aroundEvent(now - 600_000, '5m', now)).toMatchObject({
      a: String(now - 600_000),
      b: String(now - 300_000),
      span: '5m',
    });
    expect(aroundEvent(now - 95_000, '5m', now)).toMatchObject({ span: '1m', b: String(now - 30_000) });
    expect(aroundEvent(now - 3_000, '5m', now)).toMatchObject({ span: '30s', b: 'now' });
  });

  it('goes back to the oldest there is', () => {
    expect(sinceOldest(now - 480_000, now)).toMatchObject({ a: String(now - 420_000), b: 'now', span: '1m' });
  });
});
