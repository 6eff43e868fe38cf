import { describe, expect, it } from 'vitest';
import { before, diffOf } from '../../e2e/fixtures/diffApi';
import { graphAt } from '../../e2e/fixtures/shop';
import { countDiff, countWords, deltaOf, diffGraph, differences, factor, linesOf } from './diff';
import { foldedId, look } from './lens';

const now = 1_800_000_000_000;
const is = graphAt(now, now - 600_000);
const was = before(is);
const sides = { a: { from: now - 900_000, to: now - 600_000 }, b: { from: now - 300_000, to: now }, now };
const diff = diffOf(was, is, sides);
const edge = (id: string) => {
  const found = diff.edges.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no edge ${id}`);
  return found;
};

describe('what differs', () => {
  it('is told in the order in which it matters: failures, what left, what came, TLS, the rest', () => {
    expect(differences(diff.edges).map(({ id }) => id)).toEqual([
      'shop/checkout>shop/payment:http',
      'shop/web>shop/legacy:http',
      'shop/checkout>shop/email:http',
      'shop/cart>shop/kv:tcp',
      'shop/web>shop/recommendation:http',
    ]);
    expect(countWords(countDiff(diff))).toBe('3 calls changed · 1 came · 1 left');
  });

  it('says before and after, and how much', () => {
    expect(linesOf(edge('shop/checkout>shop/payment:http')).map(({ what, by }) => [what, by])).toEqual([
      ['errors', ''],
      ['p99', '↑ ×2.5'],
      ['p50', '↑ ×2.5'],
    ]);
    expect(linesOf(edge('shop/checkout>shop/payment:http'))[0]).toMatchObject({
      before: '0 %',
      after: '8.30 %',
    });
    expect(linesOf(edge('shop/web>shop/recommendation:http'))).toEqual([
      { what: 'versions', before: 'v1', after: 'v1, v2', by: '' },
    ]);
    expect(deltaOf(edge('shop/checkout>shop/payment:http')).words).toBe('errors 0 % → 8.30 % +2');
    expect(deltaOf(edge('shop/cart>shop/kv:tcp')).words).toBe('TLS none → mutual');
    expect(deltaOf(edge('shop/web>shop/legacy:http')).words).toBe('left · was 7.50/s');
  });

  it('names each end of which the identity differs', () => {
    const one = edge('shop/checkout>shop/payment:http');
    const other = one.b && { ...one.b, targetIdentity: null };
    expect(linesOf({ ...one, differs: ['identity'], b: other })).toEqual([
      {
        what: 'callee’s identity',
        before: 'spiffe://tracery.local/ns/shop/sa/payment',
        after: 'none proven',
        by: '',
      },
    ]);
  });

  it('says how many times as much from twice on, and a percentage below', () => {
    expect(factor(10, 25)).toBe('↑ ×2.5');
    expect(factor(10, 240)).toBe('↑ ×24');
    expect(factor(10, 14)).toBe('↑ 40 %');
    expect(factor(10, 4)).toBe('↓ 60 %');
    expect(factor(10, 10.01)).toBe('');
    expect(factor(0, 10)).toBe('');
    expect(factor(null, 10)).toBe('');
  });
});

describe('the map of what differs', () => {
  const graph = diffGraph(diff, was, is);
  const change = (id: string) => [...graph.nodes, ...graph.edges].find((one) => one.id === id)?.delta?.change;

  it('has both sides, each with what became of it', () => {
    expect(change('shop/legacy')).toBe('left');
    expect(change('shop/email')).toBe('came');
    expect(change('shop/payment')).toBe('changed');
    expect(change('shop/shipping')).toBe('same');
    expect(change('shop/web>shop/legacy:http')).toBe('left');
    expect(change('external/clients>shop/web:http')).toBe('same');
    expect(graph.nodes).toHaveLength(11);
    expect(graph.edges).toHaveLength(13);
  });

  it('marks nothing where nothing differs', () => {
    const same = diffGraph(diffOf(is, is, sides), is, is);
    expect([...same.nodes, ...same.edges].filter((one) => one.delta)).toEqual([]);
  });

  it('keeps only what differs, and its ends', () => {
    const { graph: shown } = look(graph, {
      fold: 'none',
      hideHealthy: true,
      focus: undefined,
      depth: 1,
      chosen: undefined,
    });
    expect(shown.edges).toHaveLength(5);
    expect(shown.nodes.map(({ id }) => id)).not.toContain('shop/shipping');
  });

  it('says of what is folded into one how much of it differs', () => {
    const { graph: shown } = look(graph, {
      fold: new Set(['shop']),
      hideHealthy: false,
      focus: undefined,
      depth: 1,
      chosen: undefined,
    });
    const folded = shown.nodes.find(({ id }) => id === foldedId('shop'));
    expect(folded?.delta).toEqual({ change: 'changed', words: '8 of 10 differ' });
  });
});
