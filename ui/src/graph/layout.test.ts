import ElkBundled from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import { graphAt, largeGraph } from '../../e2e/fixtures/shop';
import { overlaps } from './geometry';
import { fromElk, layoutKey, toElk, type Flow, type Layout } from './layout';
import { quickLayout } from './quickLayout';
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

  it('frames what else is at home in a namespace, a database for one', async () => {
    const nodes = shop.nodes.map((node) => (node.id === 'shop/kv' ? { ...node, kind: 'database' } : node));
    const layout = await lay({ ...shop, nodes });
    const [frame, kv] = [layout.frames.get('shop'), layout.nodes.get('shop/kv')];
    expect(kv?.x).toBeGreaterThan(frame?.x ?? Infinity);
    expect((kv?.x ?? Infinity) + (kv?.width ?? 0)).toBeLessThan((frame?.x ?? 0) + (frame?.width ?? 0));
  });

  it('leaves out an edge whose end is not in the graph', async () => {
    const cut: Graph = { ...shop, nodes: shop.nodes.filter((node) => node.id !== 'shop/kv') };
    const layout = await lay(cut);
    expect([...layout.edges.keys()].some((id) => id.includes('shop/kv'))).toBe(false);
  });
});

describe('the layout of a large mesh', () => {
  const large = largeGraph(1_000, 1_800_000_000_000);

  it('places every node once, none over another, callers of a namespace left of what they call', () => {
    const layout = quickLayout(large, 'key', 'right');
    expect(layout.nodes.size).toBe(1_000);
    const boxes = [...layout.nodes.values()].toSorted((a, b) => a.x - b.x);
    for (const [i, box] of boxes.entries())
      for (const other of boxes.slice(i + 1)) {
        if (other.x >= box.x + box.width) break;
        expect(overlaps(box, other)).toBe(false);
      }
    for (const edge of large.edges) {
      if (edge.source.split('/')[0] !== edge.target.split('/')[0]) continue;
      expect(layout.nodes.get(edge.source)?.x).toBeLessThan(layout.nodes.get(edge.target)?.x ?? 0);
    }
    expect(layout.edges.size).toBe(large.edges.length);
  });

  it('survives calls in circles and to oneself, and is the same in any order', () => {
    const [a, b] = large.nodes;
    const edge = large.edges[0];
    if (!a || !b || !edge) throw new Error('the fixture has nodes and edges');
    const call = (source: string, target: string) => ({ ...edge, id: `${source}>${target}`, source, target });
    const circle = {
      ...large,
      nodes: [a, { ...b, namespace: a.namespace }],
      edges: [call(a.id, b.id), call(b.id, a.id), call(a.id, a.id)],
    };
    const layout = quickLayout(circle, 'key', 'down');
    expect(layout.nodes.size).toBe(2);
    const turned = { ...circle, nodes: circle.nodes.toReversed(), edges: circle.edges.toReversed() };
    expect(quickLayout(turned, 'key', 'down').nodes).toEqual(layout.nodes);
  });
});
