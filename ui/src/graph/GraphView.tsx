import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import type { Graph } from '../api/graph';
import { Icon } from '../components/Icon';
import { emphasisOf } from '../model/emphasis';
import type { RateHistory } from '../model/history';
import { walk, type Direction, type Selection } from '../model/walk';
import { around } from './geometry';
import type { Layout } from './layout';
import { Legend } from './Legend';
import { Scene } from './Scene';
import { useViewport } from './useViewport';
import { coarse, detailAt, visible } from './viewport';
import styles from './graph.module.css';

/** What keys outside the map ask of it. */
export interface GraphHandle {
  fitAll: () => void;
  walk: (direction: Direction) => void;
}

interface Props {
  graph: Graph;
  layout: Layout;
  history: RateHistory;
  selection: Selection | undefined;
  query: string;
  /** Pixels of the right and lower border that a panel covers. */
  covered: { right: number; bottom: number };
  moving: boolean;
  onSelect: (selection: Selection | undefined) => void;
  ref: Ref<GraphHandle>;
}

const LEGEND_HEIGHT = 32;
const MARGIN = 28;
const NARROW_MARGIN = 10;

export function GraphView({
  graph,
  layout,
  history,
  selection,
  query,
  covered,
  moving,
  onSelect,
  ref,
}: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<string>();
  const margin = layout.flow === 'down' ? NARROW_MARGIN : MARGIN;
  const insets = {
    top: margin,
    left: margin,
    right: margin + covered.right,
    bottom: margin + Math.max(LEGEND_HEIGHT, covered.bottom),
  };
  const { view, ready, size, fitAll, zoomBy, revealBox, dragged } = useViewport(frame, layout.bounds, insets);
  const { detail, sight } = useSight(view, size);
  const emphasis = useMemo(() => emphasisOf(graph, selection, query), [graph, selection, query]);

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
    <div ref={frame} className={styles.map} data-testid="map">
      <svg
        className={styles.svg}
        data-detail={detail}
        role="group"
        aria-label="Service graph. Arrow keys walk along the calls."
        onClick={() => !dragged() && onSelect(undefined)}
      >
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          <Scene
            graph={graph}
            layout={layout}
            history={history}
            selection={selection}
            hovered={hovered}
            emphasis={emphasis}
            detail={detail}
            scale={coarse(view.scale)}
            sight={sight}
            moving={moving}
            onSelect={onSelect}
            onHover={setHovered}
          />
        </g>
      </svg>
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
      <Legend />
    </div>
  );
}

/** What is in sight, in coarse steps: a pan by a pixel must not render a thousand marks. */
function useSight(view: { x: number; y: number; scale: number }, size: { width: number; height: number }) {
  const detail = detailAt(view.scale);
  const step = 150 / view.scale;
  const box = visible(view, size.width, size.height);
  const x = Math.floor(box.x / step) * step;
  const y = Math.floor(box.y / step) * step;
  const width = box.width + step;
  const height = box.height + step;
  return useMemo(() => ({ detail, sight: { x, y, width, height } }), [detail, x, y, width, height]);
}
