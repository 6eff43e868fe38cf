import ElkBundled from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import { graphAt } from '../../e2e/fixtures/shop';
import { fromElk, layoutKey, toElk, type Flow, type Layout } from './layout';
import type { Graph } from '../api/graph';

const lay = async (graph: Graph, flow: Flow = 'right'): Promise<Layout> =>
  fromElk(layoutKey(graph), flow, await new ElkBundled().layout(toElk(graph, flow)));

const shop = graphAt(1_800_000_000_000, 1_799_999_000_000);

describe('layout', () => {
  it('puts callers left of what they call', async () => {
    const layout = await lay(shop);
    for (const edge of shop.edges) {
      expect(layout.nodes.get(edge.source)?.x ?? 0, edge.id).toBeLessThan(
        layout.nodes.get(edge.target)?.x ?? 0,
      );
    }
  });

  it('puts callers above what they call where the window is tall', async () => {
    const layout = await lay(shop, 'down');
    for (const edge of shop.edges) {
      expect(layout.nodes.get(edge.source)?.y ?? 0, edge.id).toBeLessThan(
        layout.nodes.get(edge.target)?.y ?? 0,
      );
    }
  });

  it('is the same picture whatever order the server lists things in, and whatever the rates are', async () => {
    const shuffled: Graph = {
      ...shop,
      nodes: shop.nodes.toReversed().map((node) => ({ ...node, requestRate: 1 })),
      edges: shop.edges.toReversed(),
    };
    expect(await lay(shuffled)).toEqual(await lay(shop));
  });

  it('ends each edge at the borders of its two nodes and draws it as whole cubics', async () => {
    const layout = await lay(shop);
    for (const edge of shop.edges) {
      const points = layout.edges.get(edge.id) ?? [];
      expect((points.length - 1) % 3).toBe(0);
      const from = layout.nodes.get(edge.source);
      const to = layout.nodes.get(edge.target);
      expect(points[0]?.x).toBeCloseTo((from?.x ?? 0) + (from?.width ?? 0), 0);
      expect(points.at(-1)?.x).toBeCloseTo(to?.x ?? 0, 0);
    }
  });

  it('frames the workloads of a namespace and leaves outside callers outside', async () => {
    const layout = await lay(shop);
    const frame = layout.frames.get('shop');
    expect(frame).toBeDefined();
    const outside = layout.nodes.get('external/clients');
    expect((outside?.x ?? 0) + (outside?.width ?? 0)).toBeLessThanOrEqual(frame?.x ?? 0);
  });

  it('leaves out an edge whose end is not in the graph', async () => {
    const cut: Graph = { ...shop, nodes: shop.nodes.filter((node) => node.id !== 'shop/kv') };
    const layout = await lay(cut);
    expect([...layout.edges.keys()].some((id) => id.includes('shop/kv'))).toBe(false);
  });
});
