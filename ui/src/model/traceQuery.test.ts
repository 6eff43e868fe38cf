import { describe, expect, it } from 'vitest';
import { durationMicros, parseQuery, parseTags, problems, queryParams, timeOf, toApi } from './traceQuery';

const query = (text: string) => parseQuery(new URLSearchParams(text));

describe('a trace search', () => {
  it('comes out of the URL as it went in, defaults left out', () => {
    const full = query(
      'service=cart&operation=GET+x&tags=a%3Db&min=5ms&max=1s&lookback=1h&limit=50&from=10&to=20',
    );
    expect(
      query(
        new URLSearchParams(
          Object.entries(queryParams(full)).filter((e): e is [string, string] => e[1] !== null),
        ).toString(),
      ),
    ).toEqual(full);
    expect(Object.values(queryParams(query('service=cart&limit=100&lookback=15m'))).filter(Boolean)).toEqual([
      'cart',
    ]);
  });

  it('falls back to defaults for what it does not know', () => {
    expect(query('limit=7&lookback=9y&from=x')).toMatchObject({
      limit: 100,
      lookback: '15m',
      from: undefined,
    });
  });

  it.each([
    ['250ms', 250_000],
    ['1.2s', 1_200_000],
    ['80us', 80],
    ['1m30s', 90_000_000],
    ['5', undefined],
    ['fast', undefined],
    ['', undefined],
  ])('reads the duration %s as %s µs', (text, expected) => expect(durationMicros(text)).toBe(expected));

  it('reads tags with quotes and equals signs in values', () => {
    expect(parseTags('error=true  http.route="shop/reco split/0" q=a=b')).toEqual({
      error: 'true',
      'http.route': 'shop/reco split/0',
      q: 'a=b',
    });
    expect(parseTags('name="say \\"hi\\""')).toEqual({ name: 'say "hi"' });
    expect(parseTags('broken')).toContain('“broken”');
  });

  it('says what the search would refuse before it is asked', () => {
    expect(problems(query('service=a&min=2s&max=1s'))).toEqual([
      'The max duration is below the min duration.',
    ]);
    expect(problems(query('service=a&min=soon'))[0]).toContain('write 250ms');
    expect(problems(query('service=a&tags=nope'))[0]).toContain('key=value');
    expect(problems(query('service=a&from=20&to=10'))).toHaveLength(1);
    expect(problems(query('service=a&min=5ms&tags=error%3Dtrue'))).toEqual([]);
  });

  it('asks in Jaeger’s parameters, times in microseconds', () => {
    const params = toApi(query('service=cart&tags=error%3Dtrue&min=5ms&limit=20&lookback=5m'), 1_000_000);
    expect(Object.fromEntries(params)).toEqual({
      service: 'cart',
      start: '700000000',
      end: '1000000000',
      limit: '20',
      minDuration: '5ms',
      tags: '{"error":"true"}',
    });
  });

  it('lets a range rule over the lookback', () => {
    expect(timeOf(query('service=a&from=10&to=20&lookback=1h'), 99)).toEqual({ from: 10, to: 20 });
  });
});
