import { describe, expect, it } from 'vitest';
import { arrowPath, edgePath, nodeBox, overlaps, placeLabel, pointAt } from './geometry';
import { between, coarse, detailAt, fit, reveal, zoomAt } from './viewport';

const straight = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 200, y: 0 },
  { x: 300, y: 0 },
];
const insets = { top: 10, right: 10, bottom: 10, left: 10 };

describe('geometry', () => {
  it('measures along the curve', () => {
    expect(pointAt(straight, 0.5).x).toBeCloseTo(150);
    expect(pointAt(straight, 0)).toEqual({ x: 0, y: 0 });
    expect(pointAt(straight, 1).x).toBeCloseTo(300);
  });

  it('keeps a node in the middle of its slot, whatever its size', () => {
    const slot = { x: 10, y: 10, width: 186, height: 58 };
    for (const step of [0, 1, 2]) {
      const box = nodeBox(slot, step);
      expect([box.x + box.width / 2, box.y + box.height / 2]).toEqual([103, 39]);
    }
  });

  it('reaches from border to border with stubs where nodes are smaller than their slots', () => {
    const from = { x: -60, y: -20, width: 50, height: 40 };
    const to = { x: 310, y: -20, width: 50, height: 40 };
    expect(edgePath(straight, from, to, 'right')).toBe('M-10 0L0 0C100 0 200 0 300 0L303 0');
  });

  it('puts a label where it hides no node, and in the middle where it must', () => {
    const size = { width: 120, height: 20 };
    const node = { x: 100, y: -30, width: 100, height: 60 };
    const at = placeLabel(straight, size, [node]);
    expect(overlaps(node, { x: at.x - 60, y: at.y - 10, ...size })).toBe(false);
    expect(placeLabel(straight, size, []).x).toBeCloseTo(150);
    expect(placeLabel(straight, size, [{ x: -1e4, y: -1e4, width: 2e4, height: 2e4 }]).x).toBeCloseTo(150);
  });
});

describe('the viewport', () => {
  it('fits everything in what a panel leaves free, and blows nothing up', () => {
    const view = fit({ x: 0, y: 0, width: 1000, height: 100 }, 800, 600, { ...insets, right: 400 });
    expect(view.x).toBeCloseTo(10);
    expect(view.scale).toBeCloseTo(0.39);
    expect(fit({ x: 0, y: 0, width: 10, height: 10 }, 800, 600, insets).scale).toBe(1.3);
  });

  it('zooms around the pointer', () => {
    const view = zoomAt({ x: 5, y: 5, scale: 1 }, { x: 100, y: 50 }, 2);
    expect([view.x + 2 * 95, view.y + 2 * 45]).toEqual([100, 50]);
  });

  it('moves as little as needed to show what was chosen', () => {
    const view = { x: 0, y: 0, scale: 1 };
    expect(reveal(view, { x: 100, y: 100, width: 50, height: 50 }, 800, 600, insets)).toEqual(view);
    expect(reveal(view, { x: 900, y: 100, width: 50, height: 50 }, 800, 600, insets)).toEqual({
      x: -160,
      y: 0,
      scale: 1,
    });
  });

  it('shows less of a node the further away it is', () => {
    expect([1, 0.5, 0.1].map(detailAt)).toEqual(['full', 'name', 'mark']);
    expect(between({ x: 0, y: 0, scale: 1 }, { x: 2, y: 2, scale: 2 }, 0.5)).toEqual({
      x: 1,
      y: 1,
      scale: 1.5,
    });
    expect(coarse(1.01)).toBe(1);
  });
});

describe('a call against the flow', () => {
  const from = { x: 300, y: 0, width: 100, height: 40 };
  const to = { x: 0, y: 0, width: 100, height: 40 };
  const points = [
    { x: 300, y: 20 },
    { x: 250, y: 20 },
    { x: 150, y: 20 },
    { x: 100, y: 20 },
  ];

  it('leaves at the near border and points at the far one', () => {
    expect(edgePath(points, from, to, 'right')).toMatch(/^M300 20.*L107 20$/);
    expect(arrowPath({ x: 100, y: 20 }, to, 'right', 1)).toMatch(/^M100 20l7\.4/);
  });
});
