import { describe, expect, it } from 'vitest';
import { graphAt, largeGraph } from '../../e2e/fixtures/shop';
import { foldedId, foldText, look, nodeHealth, parseFold, type Lens } from './lens';

const now = 1_800_000_000_000;
const shop = graphAt(now, now - 600_000);
const plain: Lens = { fold: 'none', hideHealthy: false, focus: undefined, depth: 1, chosen: undefined };
const ids = (lens: Partial<Lens>, graph = shop) =>
  look(graph, { ...plain, ...lens })
    .graph.nodes.map((node) => node.id)
    .toSorted();

describe('the lens of the map', () => {
  it('shows everything where nothing is asked', () => {
    expect(look(shop, plain)).toMatchObject({ hidden: 0, namespaces: ['shop'] });
    expect(look(shop, plain).graph).toBe(shop);
  });

  it('folds a namespace into one node with the sum of its rates and the worst of its health', () => {
    const { graph } = look(shop, { ...plain, fold: new Set(['shop']) });
    expect(graph.nodes.map((node) => node.id)).toEqual(['external/clients', foldedId('shop')]);
    const folded = graph.nodes.find((node) => node.id === foldedId('shop'));
    const members = shop.nodes.filter((node) => node.namespace === 'shop');
    expect(folded?.requestRate).toBeCloseTo(members.reduce((sum, node) => sum + (node.requestRate ?? 0), 0));
    expect(folded?.successShare).toBeGreaterThan(0.99);
    expect(folded?.inside).toMatchObject({ failing: 1, warning: 1 });
    expect(folded && nodeHealth(folded)).toBe('failing');
    // Only the call from outside is left; those inside are inside.
    expect(graph.edges.map((edge) => [edge.source, edge.target, edge.parts?.length])).toEqual([
      ['external/clients', foldedId('shop'), 1],
    ]);
  });

  it('adds up the calls between two folded namespaces exactly', () => {
    const large = largeGraph(200, now);
    const { graph } = look(large, { ...plain, fold: 'auto' });
    expect(graph.nodes).toHaveLength(8);
    const between = large.edges.filter(
      (edge) => edge.source.startsWith('team-1/') && edge.target.startsWith('team-2/'),
    );
    const drawn = graph.edges.find((edge) => edge.id === 'folded:team-1>folded:team-2:http');
    expect(drawn?.parts?.length ?? 0).toBe(between.length);
    expect(drawn?.requests ?? 0).toBe(between.reduce((sum, edge) => sum + edge.requests, 0));
    expect(drawn?.tls ?? 'mtls').toBe('mtls');
  });

  it('folds by itself only what could not be read, and never what is chosen', () => {
    expect(ids({ fold: 'auto' })).toHaveLength(shop.nodes.length);
    const large = largeGraph(200, now);
    const chosen = large.nodes[0]?.id ?? '';
    expect(ids({ fold: 'auto', chosen }, large)).toHaveLength(7 + 25);
    expect(ids({ fold: 'auto', chosen: large.edges[0]?.id }, large).length).toBeGreaterThan(8);
  });

  it('hides what is well, and keeps both ends of what is not', () => {
    expect(ids({ hideHealthy: true })).toEqual(['shop/checkout', 'shop/payment', 'shop/web']);
    expect(look(shop, { ...plain, hideHealthy: true }).hidden).toBe(7);
  });

  it('keeps callers of callers and callees of callees of the focus, never its siblings', () => {
    expect(ids({ focus: 'shop/payment' })).toEqual(['shop/checkout', 'shop/payment']);
    expect(ids({ focus: 'shop/payment', depth: 3 })).toEqual([
      'external/clients',
      'shop/checkout',
      'shop/payment',
      'shop/web',
    ]);
  });

  it('stands in a URL', () => {
    expect(parseFold(null)).toBe('auto');
    expect(parseFold('none')).toBe('none');
    expect(foldText(new Set())).toBe('none');
    expect(parseFold(foldText(new Set(['b', 'a'])))).toEqual(new Set(['a', 'b']));
  });
});
