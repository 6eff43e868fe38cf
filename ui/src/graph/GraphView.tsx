import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { Icon } from '../components/Icon';
import { emphasisOf } from '../model/emphasis';
import type { RateHistory } from '../model/history';
import type { MapEdge, MapGraph } from '../model/lens';
import { walk, type Direction, type Selection } from '../model/walk';
import { EdgeCanvas } from './EdgeCanvas';
import { around, overlaps } from './geometry';
import type { Layout } from './layout';
import { Legend } from './Legend';
import { Scene } from './Scene';
import { OVERSCAN, useStage } from './useStage';
import { useViewport } from './useViewport';
import { coarse, detailAt, visible, type Viewport } from './viewport';
import styles from './graph.module.css';

/** What keys outside the map ask of it. */
export interface GraphHandle {
  fitAll: () => void;
  walk: (direction: Direction) => void;
}

interface Props {
  graph: MapGraph;
  layout: Layout;
  /** Whether a layout of another graph or flow is still shown: the next one is being made. */
  outdated: boolean;
  history: RateHistory;
  selection: Selection | undefined;
  query: string;
  /** Pixels of the right and lower border that a panel covers. */
  covered: { right: number; bottom: number };
  moving: boolean;
  onSelect: (selection: Selection | undefined) => void;
  /** A double click, or Enter on what is chosen already: deeper into a node. */
  onOpen: (nodeId: string) => void;
  onFold: (namespace: string) => void;
  ref: Ref<GraphHandle>;
}

/** From here on calls are painted on a canvas while many are in sight, and a moving map is not painted anew each frame. */
const HEAVY_EDGES = 400;
const LEGEND_HEIGHT = 32;
/** What stands over the map's upper border. */
const LENS_HEIGHT = 48;
const MARGIN = 28;
const NARROW_MARGIN = 10;

export function GraphView({
  graph,
  layout,
  outdated,
  history,
  selection,
  query,
  covered,
  moving,
  onSelect,
  onOpen,
  onFold,
  ref,
}: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<string>();
  const margin = layout.flow === 'down' ? NARROW_MARGIN : MARGIN;
  const insets = {
    top: Math.max(margin, LENS_HEIGHT),
    left: margin,
    right: margin + covered.right,
    bottom: margin + Math.max(LEGEND_HEIGHT, covered.bottom),
  };
  const { view, ready, gliding, size, fitAll, zoomBy, revealBox, dragged } = useViewport(
    frame,
    layout.bounds,
    insets,
  );
  const heavy = graph.edges.length > HEAVY_EDGES;
  const stage = useStage(view, size, heavy);
  const over = heavy ? { x: size.width * OVERSCAN, y: size.height * OVERSCAN } : { x: 0, y: 0 };
  const { detail, sight } = useSight(stage.view, size, Math.max(over.x, over.y));
  const emphasis = useMemo(() => emphasisOf(graph, selection, query), [graph, selection, query]);
  const inSight = useMemo(
    () =>
      graph.edges.flatMap((edge) => {
        const points = layout.edges.get(edge.id);
        return points && overlaps(around(points, 20), sight) ? [{ edge, points }] : [];
      }),
    [graph, layout, sight],
  );
  const crowded = inSight.length > HEAVY_EDGES;
  const standsOut = ({ id, delta }: MapEdge) =>
    (emphasis.edges?.has(id) ?? false) ||
    (selection?.kind === 'edge' && selection.id === id) ||
    (delta !== undefined && delta.change !== 'same');
  const dimmed = useCallback(
    (id: string) => emphasis.edges !== undefined && !emphasis.edges.has(id),
    [emphasis],
  );
  const { x: left, y: top, scale } = stage.view;
  const paintedView = useMemo(
    (): Viewport => ({ x: left + over.x, y: top + over.y, scale }),
    [left, top, scale, over.x, over.y],
  );

  useImperativeHandle(ref, () => ({
    fitAll,
    walk: (direction) => {
      const next = walk(graph, (id) => layout.nodes.get(id), selection, direction);
      if (!next) return;
      onSelect(next);
      // The focus goes along, so that what is chosen is also what is read out.
      requestAnimationFrame(() => {
        frame.current
          ?.querySelector<SVGElement>(`[data-${next.kind}="${CSS.escape(next.id)}"] [role=button]`)
          ?.focus({ preventScroll: true });
      });
    },
  }));

  const reveal = useRef(revealBox);
  useEffect(() => {
    reveal.current = revealBox;
  }, [revealBox]);
  const selectedId = selection?.id;
  useEffect(() => {
    if (!selectedId || !ready) return;
    const node = layout.nodes.get(selectedId);
    const edge = layout.edges.get(selectedId);
    const box = node ?? (edge && around(edge, 12));
    if (box) reveal.current(box);
  }, [selectedId, layout, ready]);

  return (
    <div
      ref={frame}
      className={styles.map}
      data-testid="map"
      aria-busy={outdated || !ready || gliding || stage.shift !== undefined}
    >
      <div
        className={styles.stage}
        style={{
          inset: `${-over.y}px ${-over.x}px`,
          transformOrigin: `${over.x}px ${over.y}px`,
          transform: stage.shift,
          willChange: heavy ? 'transform' : undefined,
        }}
      >
        {crowded && (
          <EdgeCanvas
            edges={inSight}
            dimmed={dimmed}
            view={paintedView}
            width={size.width + 2 * over.x}
            height={size.height + 2 * over.y}
          />
        )}
        <svg
          className={styles.svg}
          data-detail={detail}
          role="group"
          aria-label="Service graph. Arrow keys walk along the calls."
          onClick={() => !dragged() && onSelect(undefined)}
        >
          <g transform={`translate(${paintedView.x} ${paintedView.y}) scale(${scale})`}>
            <Scene
              graph={graph}
              edges={crowded ? inSight.filter(({ edge }) => standsOut(edge)).slice(0, HEAVY_EDGES) : inSight}
              layout={layout}
              history={history}
              selection={selection}
              hovered={hovered}
              emphasis={emphasis}
              detail={detail}
              scale={coarse(scale)}
              sight={sight}
              moving={moving}
              onSelect={onSelect}
              onHover={setHovered}
              onOpen={onOpen}
              onFold={onFold}
            />
          </g>
        </svg>
      </div>
      <div className={styles.controls} data-fixed>
        <button type="button" title="Zoom in" aria-label="Zoom in" onClick={() => zoomBy(1.3)}>
          <Icon name="plus" />
        </button>
        <button type="button" title="Zoom out" aria-label="Zoom out" onClick={() => zoomBy(1 / 1.3)}>
          <Icon name="minus" />
        </button>
        <button type="button" title="Fit (f)" aria-label="Fit everything" onClick={fitAll}>
          <Icon name="fit" />
        </button>
      </div>
      <Legend compared={graph.edges.some((edge) => edge.delta)} />
    </div>
  );
}

/** What is in sight, in coarse steps: a pan by a pixel must not render a thousand marks. */
function useSight(view: Viewport, size: { width: number; height: number }, margin: number) {
  const detail = detailAt(view.scale);
  const step = 150 / view.scale;
  const box = visible(view, size.width, size.height, margin);
  const x = Math.floor(box.x / step) * step;
  const y = Math.floor(box.y / step) * step;
  const width = box.width + step;
  const height = box.height + step;
  return useMemo(() => ({ detail, sight: { x, y, width, height } }), [detail, x, y, width, height]);
}
