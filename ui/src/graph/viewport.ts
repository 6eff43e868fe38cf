import type { Point } from '../model/walk';
import type { Box } from './layout';

/** Screen = graph × scale + offset. */
export interface Viewport {
  x: number;
  y: number;
  scale: number;
}

export const MIN_SCALE = 0.06;
export const MAX_SCALE = 2.5;
/** A graph of three nodes is not blown up to fill a wall. */
const LARGEST_FIT = 1.3;

/** How much of a node is legible at a scale: everything, only its name, or only that it is there. */
export type Detail = 'full' | 'name' | 'mark';

export const detailAt = (scale: number): Detail => (scale >= 0.8 ? 'full' : scale >= 0.22 ? 'name' : 'mark');

/** From here on the labels of all edges are large enough to read. */
export const LABEL_SCALE = 1.4;

export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** All of `bounds`, centred in what the insets leave free; small graphs are not blown up. */
export function fit(bounds: Box, width: number, height: number, insets: Insets): Viewport {
  const free = { width: width - insets.left - insets.right, height: height - insets.top - insets.bottom };
  const scale = clampScale(
    Math.min(free.width / Math.max(bounds.width, 1), free.height / Math.max(bounds.height, 1), LARGEST_FIT),
  );
  return {
    scale,
    x: insets.left + (free.width - bounds.width * scale) / 2 - bounds.x * scale,
    y: insets.top + (free.height - bounds.height * scale) / 2 - bounds.y * scale,
  };
}

/** Zooms so that the graph's point under `at` (screen) stays there. */
export function zoomAt(view: Viewport, at: Point, factor: number): Viewport {
  const scale = clampScale(view.scale * factor);
  const k = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * k, y: at.y - (at.y - view.y) * k };
}

/** Moves as little as needed for `box` to be wholly in sight. */
export function reveal(view: Viewport, box: Box, width: number, height: number, insets: Insets): Viewport {
  const left = box.x * view.scale + view.x;
  const top = box.y * view.scale + view.y;
  const right = left + box.width * view.scale;
  const bottom = top + box.height * view.scale;
  let { x, y } = view;
  if (right > width - insets.right) x -= right - (width - insets.right);
  if (left < insets.left) x = view.x + insets.left - left;
  if (bottom > height - insets.bottom) y -= bottom - (height - insets.bottom);
  if (top < insets.top) y = view.y + insets.top - top;
  return { ...view, x, y };
}

/** What of the graph is on the screen, with a margin so that nothing pops up at the border. */
export function visible(view: Viewport, width: number, height: number, overscan = 0): Box {
  const margin = (200 + overscan) / view.scale;
  return {
    x: -view.x / view.scale - margin,
    y: -view.y / view.scale - margin,
    width: width / view.scale + 2 * margin,
    height: height / view.scale + 2 * margin,
  };
}

export const between = (a: Viewport, b: Viewport, t: number): Viewport => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
  scale: a.scale + (b.scale - a.scale) * t,
});

/** The scale in steps of a sixth of an octave: text that counters the zoom need not follow it in every frame. */
export const coarse = (scale: number): number => 2 ** (Math.round(Math.log2(scale) * 6) / 6);

const clampScale = (scale: number) => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
