import { describe, expect, it } from 'vitest';
import { decisions } from './decisions';
import { microsOf, spanOf, tapQuery } from './exchange';
import { serviceRows } from './serviceRows';
import { graphAt } from '../../e2e/fixtures/shop';

describe('an exchange of the tap', () => {
  it('keeps microseconds of a timestamp with nanoseconds', () => {
    expect(microsOf('1970-01-01T00:00:01.123456789Z')).toBe(1_123_456);
    expect(microsOf('1970-01-01T00:00:02Z')).toBe(2_000_000);
    expect(microsOf('1970-01-01T00:00:02.5Z')).toBe(2_500_000);
  });

  it('is told like the span that it is', () => {
    const span = spanOf({
      sidecar: 'shop/cart-1',
      workload: 'cart',
      direction: 'outbound',
      timestamp: '1970-01-01T00:00:01Z',
      duration_ms: 12,
      name: 'GET shop/kv/0',
      trace_id: 'a',
      span_id: 'b',
      'tracery.fate': 'deadline',
      'http.request.header.x-user': ['42'],
      'tracery.route': 'shop/kv/0',
    });
    expect(span).toMatchObject({ kind: 'client', failed: true, duration: 12_000 });
    expect(span.tags.get('http.request.header.x-user')).toBe('42');
    expect(span.tags.has('trace_id')).toBe(false);
    expect(decisions(span).map((sentence) => sentence.text)).toEqual([
      'Route shop/kv/0 matched.',
      'It ended as deadline exceeded after 12.0 ms.',
    ]);
  });

  it('asks for what the URL says, and for nothing else', () => {
    const query = tapQuery(new URLSearchParams('fate=!served&workload=&sort=-time&exchange=b&since=5m'));
    expect(query.toString()).toBe('fate=%21served&since=5m');
  });
});

describe('the list of services', () => {
  it('counts what fails each second, and leaves callers from outside out', () => {
    const rows = serviceRows(graphAt(1_800_000_000_000, 1_799_999_000_000));
    expect(rows.some((row) => row.kind === 'client')).toBe(false);
    const payment = rows.find((row) => row.name === 'payment');
    expect(payment?.failing).toBeCloseTo((payment?.requestRate ?? 0) * 0.083);
    expect(rows.find((row) => row.name === 'cart')).toMatchObject({ callers: 2, callees: 1, tls: 'mtls' });
    expect(rows.find((row) => row.name === 'web')?.tls).toBe('none');
  });
});
