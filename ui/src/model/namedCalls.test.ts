import { describe, expect, it } from 'vitest';
import { namedCalls } from './namedCalls';

const nodes = [
  { id: 'shop/web', name: 'web' },
  { id: 'shop/cart', name: 'cart' },
];
const calls = [
  { id: 1, source: 'shop/web', target: 'shop/cart' },
  { id: 2, source: 'external/clients', target: 'shop/web' },
];

describe('calls by the names of their ends', () => {
  it('are named, an end that is not known by its id', () => {
    expect(namedCalls(calls, nodes, ' ')).toEqual([
      { ...calls[0], from: 'web', to: 'cart' },
      { ...calls[1], from: 'external/clients', to: 'web' },
    ]);
  });

  it('are found by either end', () => {
    expect(namedCalls(calls, nodes, 'cart').map(({ id }) => id)).toEqual([1]);
    expect(namedCalls(calls, nodes, 'web').map(({ id }) => id)).toEqual([1, 2]);
    expect(namedCalls(calls, nodes, 'nobody')).toEqual([]);
  });
});
