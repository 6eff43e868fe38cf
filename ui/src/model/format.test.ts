import { describe, expect, it } from 'vitest';
import { ago, bytes, count, latency, micros, rate, share, text } from './format';

describe('numbers', () => {
  it.each([
    [0, '0/s'],
    [0.254, '0.25/s'],
    [1.236, '1.24/s'],
    [12.44, '12.4/s'],
    [99.96, '100/s'],
    [999.4, '999/s'],
    [999.6, '1.00k/s'],
    [1_240, '1.24k/s'],
    [3_100_000, '3.10M/s'],
  ])('writes the rate %d as %s', (value, expected) => expect(text(rate(value))).toBe(expected));

  it.each([
    [0.0004, '0.40 µs'],
    [0.85, '850 µs'],
    [38.21, '38.2 ms'],
    [999.7, '1.00 s'],
    [61_000, '1.02 min'],
    [0, '0 ms'],
  ])('writes the latency of %d ms as %s', (value, expected) => expect(text(latency(value))).toBe(expected));

  it.each([
    [1, '100 %'],
    [0, '0 %'],
    [0.99999, '>99.99 %'],
    [0.00001, '<0.01 %'],
    [0.9997, '99.97 %'],
    [0.083, '8.30 %'],
    [0.5, '50.0 %'],
  ])('never rounds the share %d to all or none: %s', (value, expected) =>
    expect(text(share(value))).toBe(expected),
  );

  it('shows a dash for what is not known', () => {
    expect([rate(null), latency(undefined), share(null), bytes(null)].map(text)).toEqual([
      '–',
      '–',
      '–',
      '–',
    ]);
    expect(count(null)).toBe('–');
  });

  it('groups exact counts and scales bytes', () => {
    expect(count(1_234_567)).toBe('1\u202f234\u202f567');
    expect(text(bytes(1_572_864))).toBe('1.50 MiB');
    expect(text(micros(1_500))).toBe('1.50 ms');
  });

  it('says how long ago in the coarsest unit that still tells', () => {
    expect([900, 42_000, 150_000, 7_200_000, 260_000_000].map(ago)).toEqual([
      '1 s',
      '42 s',
      '3 min',
      '2 h',
      '3 d',
    ]);
  });
});
