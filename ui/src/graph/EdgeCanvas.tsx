import { useEffect, useRef } from 'react';
import { useTheme } from '../components/theme';
import { edgeStep, healthOf, type Health } from '../model/health';
import type { MapEdge } from '../model/lens';
import type { Point } from '../model/walk';
import type { Viewport } from './viewport';
import styles from './graph.module.css';

interface Props {
  edges: readonly { edge: MapEdge; points: readonly Point[] }[];
  /** Those that step back. */
  dimmed: (id: string) => boolean;
  view: Viewport;
  width: number;
  height: number;
}

const WIDTHS = [0.6, 0.9, 1.4, 2.2] as const;
const order: Health[] = ['unknown', 'healthy', 'warning', 'failing'];

/** Where two times are compared, what is as it was lies below everything else, whatever its health. */
const healthIn = ({ delta, successShare }: MapEdge): number =>
  delta?.change === 'same' ? 0 : order.indexOf(healthOf(successShare));

/** Calls by the thousand, under the nodes: too many to be chosen one by one, so one picture instead of as many elements. */
export function EdgeCanvas({ edges, dimmed, view, width, height }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painted = useRef('');
  const theme = useTheme();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const batches = new Map<string, (readonly Point[])[]>();
    let signature = `${theme} ${view.x} ${view.y} ${view.scale} ${width} ${height}`;
    for (const { edge, points } of edges) {
      const back = dimmed(edge.id) || edge.delta?.change === 'same';
      const batch = `${healthIn(edge)} ${edgeStep(edge.requestRate)} ${back ? 1 : 0}`;
      signature += `${edge.id}${batch}`;
      batches.set(batch, [...(batches.get(batch) ?? []), points]);
    }
    if (painted.current === signature) return;
    painted.current = signature;
    paint(element, context, batches, view, width, height);
  }, [edges, dimmed, view, width, height, theme]);
  return <canvas ref={canvas} className={styles.canvas} style={{ width, height }} aria-hidden />;
}

function paint(
  element: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  batches: ReadonlyMap<string, (readonly Point[])[]>,
  view: Viewport,
  width: number,
  height: number,
) {
  const ratio = Math.min(window.devicePixelRatio, 2);
  element.width = Math.round(width * ratio);
  element.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const css = getComputedStyle(document.documentElement);
  const colors = ['--edge', '--edge', '--warning', '--failing'].map((name) =>
    css.getPropertyValue(name).trim(),
  );
  // What fails is painted last, and so on top.
  for (const [batch, lines] of [...batches].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [health = 0, step = 0, dim = 0] = batch.split(' ').map(Number);
    context.strokeStyle = colors[health] ?? '';
    context.globalAlpha = dim ? 0.2 : health >= 2 ? 1 : 0.75;
    context.lineWidth = (WIDTHS[step] ?? 1) * Math.min(1.6, Math.max(0.75, view.scale * 2.4));
    context.beginPath();
    for (const points of lines) trace(context, points, view);
    context.stroke();
  }
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[], { x, y, scale }: Viewport) {
  const [start] = points;
  if (!start) return;
  context.moveTo(start.x * scale + x, start.y * scale + y);
  for (let i = 1; i + 2 < points.length; i += 3) {
    const [a, b, c] = [points[i], points[i + 1], points[i + 2]];
    if (a && b && c)
      context.bezierCurveTo(
        a.x * scale + x,
        a.y * scale + y,
        b.x * scale + x,
        b.y * scale + y,
        c.x * scale + x,
        c.y * scale + y,
      );
  }
}
