import { describe, expect, it } from 'vitest';
import { apiTime, momentMs, parseTimeSpan, played, spanParams, timelineOf } from './timeRange';

const parse = (query: string) => parseTimeSpan(new URLSearchParams(query));
const now = 1_800_000_000_000;

describe('the time of a page', () => {
  it('is live with fifteen minutes behind it where the URL says nothing, or nonsense', () => {
    for (const query of ['', 'from=soon&to=later', 'from=2000&to=1000', 'lookback=7y'])
      expect(parse(query), query).toEqual({ lookback: '15m', range: undefined });
  });

  it('comes back from the URL as it went in', () => {
    const span = { lookback: '1h', range: { from: 1000, to: 2000 } } as const;
    const params = new URLSearchParams(
      Object.entries(spanParams(span)).filter(([, v]) => v) as [string, string][],
    );
    expect(parseTimeSpan(params)).toEqual(span);
    expect(spanParams(parse(''))).toEqual({ from: null, to: null, lookback: null });
  });

  it('asks the server for a range, or for so long before its own now', () => {
    expect(apiTime(parse('lookback=6h'))).toBe('from=-6h');
    expect(apiTime(parse('from=1000&to=2000'))).toBe('from=1000&to=2000');
  });

  it('keeps the timeline where it is while a range within it is chosen, and goes to one that is older', () => {
    const recent = { from: now - 300_000, to: now - 240_000 };
    expect(timelineOf({ lookback: '15m', range: recent }, now)).toEqual({ from: now - 900_000, to: now });
    const old = { from: now - 7_200_000, to: now - 7_140_000 };
    const shown = timelineOf({ lookback: '15m', range: old }, now);
    expect(shown.from).toBeLessThan(old.from);
    expect(shown.to).toBeGreaterThan(old.to);
    expect(shown.to - shown.from).toBe(900_000);
  });

  it('reaches back as far as the service remembers, and there a click chooses more than a minute', () => {
    const span = parse('lookback=35d');
    expect(apiTime(span)).toBe('from=-35d');
    expect(timelineOf(span, now)).toEqual({ from: now - 35 * 86_400_000, to: now });
    expect(momentMs('24h')).toBe(60_000);
    expect(momentMs('35d')).toBe(35 * 60_000);
  });

  it('plays on by half of itself until it reaches now', () => {
    expect(played({ from: now - 600_000, to: now - 540_000 }, now)).toEqual({
      from: now - 570_000,
      to: now - 510_000,
    });
    expect(played({ from: now - 60_000, to: now - 5_000 }, now)).toBeUndefined();
  });
});
