import { useEffect, useRef, useState } from 'react';
import type { Graph } from '../api/graph';
import { LayoutEngine, layoutKey, type Flow, type Layout } from './layout';

export interface LayoutState {
  layout: Layout | undefined;
  /** What is laid out is not, or not yet, what was asked for. */
  outdated: boolean;
  error: string | undefined;
}

interface Laid {
  layout: Layout | undefined;
  of: string;
  error: string | undefined;
}

/** While a mesh starts, nodes come by the dozen; waiting a moment lays them out together. */
const SETTLE_MS = 400;

/** The layout of the present set of nodes and edges; the last one stays until the next is ready. */
export function useLayout(graph: Graph | undefined, flow: Flow): LayoutState {
  const [engine] = useState(() => new LayoutEngine());
  const [state, setState] = useState<Laid>({ layout: undefined, of: '', error: undefined });
  const latest = useRef(graph);
  const key = graph ? layoutKey(graph) : '';
  const wanted = `${flow} ${key}`;
  const placed = state.layout !== undefined;

  useEffect(() => {
    latest.current = graph;
  }, [graph]);

  useEffect(() => {
    if (!key || !latest.current) return;
    let current = true;
    const timer = setTimeout(
      () => {
        if (!latest.current) return;
        engine.layout(latest.current, flow).then(
          (layout) => current && setState({ layout, of: wanted, error: undefined }),
          (cause: unknown) => current && setState((last) => ({ ...last, error: String(cause) })),
        );
      },
      placed ? SETTLE_MS : 0,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // Whether something is placed already only chooses the pause; it asks for no new layout.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, engine]);

  return { layout: state.layout, outdated: state.of !== wanted, error: state.error };
}
