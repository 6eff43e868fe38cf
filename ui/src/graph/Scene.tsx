import { memo, useMemo } from 'react';
import { nodeRates, type RateHistory, type Sample } from '../model/history';
import { nodeStep } from '../model/health';
import type { MapEdge, MapGraph } from '../model/lens';
import { versionSplit } from '../model/versions';
import type { Point, Selection } from '../model/walk';
import { EdgeLabel, EdgeMark, edgeWords, labelSize } from './EdgeMark';
import { fitText } from './fitText';
import { nodeBox, overlaps, placeLabel, pointAt } from './geometry';
import type { Box, Layout } from './layout';
import { NodeMark } from './NodeMark';
import type { Emphasis } from '../model/emphasis';
import { LABEL_SCALE, type Detail } from './viewport';
import styles from './graph.module.css';

interface Props {
  graph: MapGraph;
  /** Those in sight that are drawn as elements. */
  edges: readonly { edge: MapEdge; points: readonly Point[] }[];
  layout: Layout;
  history: RateHistory;
  selection: Selection | undefined;
  hovered: string | undefined;
  emphasis: Emphasis;
  detail: Detail;
  scale: number;
  sight: Box;
  moving: boolean;
  onSelect: (selection: Selection) => void;
  onHover: (edgeId: string | undefined) => void;
  onOpen: (nodeId: string) => void;
  onFold: (namespace: string) => void;
}

/** Beyond this many edges in sight, dots that run say nothing any more and cost a repaint each frame. */
const FLOWING_EDGES = 80;
/** Of more differences than this, only the chosen one says on the map what it is. */
const LABELLED_DIFFERENCES: Partial<Record<Detail, number>> = { full: 40, name: 16 };

/** Everything that lies in the graph's own coordinates; panning moves the group around it and renders nothing here. */
export const Scene = memo(function Scene(props: Props) {
  const {
    graph,
    layout,
    history,
    selection,
    hovered,
    emphasis,
    detail,
    scale,
    sight,
    moving,
    onSelect,
    onHover,
    onOpen,
    onFold,
  } = props;
  const rates = useMemo(() => nodeRates(graph), [graph]);
  const splits = useMemo(() => versionSplit(graph), [graph]);
  const boxes = useMemo(() => {
    const placed = new Map<string, Box>();
    for (const node of graph.nodes) {
      const slot = layout.nodes.get(node.id);
      if (slot)
        placed.set(node.id, nodeBox(slot, detail === 'full' ? nodeStep(rates.get(node.id) ?? null) : 2));
    }
    return placed;
  }, [graph, layout, rates, detail]);
  const handlers = useMemo(
    () => ({
      node: (id: string) => onSelect({ kind: 'node', id }),
      edge: (id: string) => onSelect({ kind: 'edge', id }),
    }),
    [onSelect],
  );

  const edges = props.edges.flatMap(({ edge, points }) => {
    const from = boxes.get(edge.source);
    const to = boxes.get(edge.target);
    return from && to ? [{ edge, points, from, to }] : [];
  });
  const flowing = moving && detail === 'full' && edges.length <= FLOWING_EDGES;
  // What came and what left has its sign and its end; what changed needs words. Beside a choice nothing else speaks.
  const speaks = ({ edge }: { edge: MapEdge }) =>
    edge.delta?.change === 'changed' && (emphasis.edges?.has(edge.id) ?? true);
  const spoken = edges.filter(speaks).length <= (LABELLED_DIFFERENCES[detail] ?? 0);
  const asked = (id: string) => id === hovered || (selection?.kind === 'edge' && selection.id === id);
  const labelled = edges.filter(
    ({ edge }) =>
      asked(edge.id) || (spoken && speaks({ edge })) || (scale >= LABEL_SCALE && detail === 'full'),
  );
  const labels = placeLabels(
    labelled,
    labelled.length > 0 ? [...boxes.values()].filter((box) => overlaps(box, sight)) : [],
    Math.max(scale, 0.3),
    asked,
  );
  // Text never falls under 12 px on the screen: it grows against the zoom.
  const textScale = detail === 'full' ? Math.max(1, 0.95 / scale) : Math.min(1 / scale, 2.8);
  const first = selection?.kind === 'node' && boxes.has(selection.id) ? selection.id : graph.nodes[0]?.id;

  return (
    <>
      {[...layout.frames].map(([namespace, box]) => (
        <Frame key={namespace} namespace={namespace} box={box} textScale={1 / scale} onFold={onFold} />
      ))}
      {edges.map(({ edge, points, from, to }) => (
        <EdgeMark
          key={edge.id}
          edge={edge}
          points={points}
          from={from}
          to={to}
          flow={layout.flow}
          detail={detail}
          selected={selection?.kind === 'edge' && selection.id === edge.id}
          related={emphasis.edges?.has(edge.id) ?? false}
          dimmed={emphasis.edges ? !emphasis.edges.has(edge.id) : false}
          flowing={flowing && !edge.stale && !edge.delta}
          onSelect={handlers.edge}
          onHover={onHover}
        />
      ))}
      {graph.nodes.map((node) => {
        const box = boxes.get(node.id);
        if (!box || !overlaps(box, sight)) return null;
        const line =
          detail !== 'full' ? noLine : node.inside ? history.sum(node.inside.ids) : history.line(node.id);
        return (
          <NodeMark
            key={node.id}
            node={node}
            box={box}
            rate={rates.get(node.id) ?? 0}
            line={line}
            lineEnd={line.at(-1)?.t ?? 0}
            versions={splits.get(node.id)}
            detail={detail}
            textScale={textScale}
            selected={selection?.kind === 'node' && selection.id === node.id}
            dimmed={emphasis.nodes ? !emphasis.nodes.has(node.id) : false}
            tabbable={node.id === first}
            onSelect={handlers.node}
            onOpen={onOpen}
          />
        );
      })}
      {labels.map(({ id, words, at, on }) => (
        <EdgeLabel key={id} words={words} at={at} on={on} scale={Math.max(scale, 0.3)} />
      ))}
    </>
  );
});

const noLine: readonly Sample[] = [];

/** No label hides a node, nor another label; one that finds no room is left out unless it was asked for. */
function placeLabels(
  edges: readonly { edge: MapEdge; points: readonly Point[] }[],
  nodes: readonly Box[],
  scale: number,
  asked: (id: string) => boolean,
) {
  const taken = [...nodes];
  return edges.flatMap(({ edge, points }) => {
    const words = edgeWords(edge);
    const size = labelSize(words, scale);
    const at = placeLabel(points, size, taken);
    const box = { x: at.x - size.width / 2, y: at.y - size.height / 2, ...size };
    if (!asked(edge.id) && taken.some((other) => overlaps(other, box))) return [];
    taken.push(box);
    return [{ id: edge.id, words, at, on: pointAt(points, 0.5) }];
  });
}

interface FrameProps {
  namespace: string;
  box: Box;
  textScale: number;
  onFold: (namespace: string) => void;
}

/** A namespace; its name folds it into one node. */
function Frame({ namespace, box, textScale, onFold }: FrameProps) {
  const size = 12 * textScale;
  return (
    <g className={styles.frame}>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={10} />
      <text
        x={box.x + 14}
        y={box.y + 12 + size}
        style={{ fontSize: size }}
        onClick={(event) => {
          event.stopPropagation();
          onFold(namespace);
        }}
      >
        <title>Fold this namespace into one node</title>
        {fitText(namespace, (box.width - 20) / textScale, 12, 500)}
      </text>
    </g>
  );
}
