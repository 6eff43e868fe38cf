import { useEffect, useRef, type RefObject } from 'react';
import type { GraphHandle } from '../../graph/GraphView';
import type { Direction } from '../../model/walk';
import { go, type TopologyView } from './useTopologyView';

const arrows: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The page's keys; none of them fires while someone types. */
export function useKeys(
  view: TopologyView,
  search: RefObject<HTMLInputElement | null>,
  map: RefObject<GraphHandle | null>,
) {
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input, select, textarea')) return;
      const { mode, selection, query } = latest.current;
      const direction = arrows[event.key];
      if (direction && mode === 'map' && !target.closest('[data-panel]')) map.current?.walk(direction);
      else if (event.key === '/') search.current?.focus();
      else if (event.key === 'f') map.current?.fitAll();
      else if (event.key === 't') go.mode(mode === 'map' ? 'table' : 'map');
      else if (event.key === 'Escape') {
        if (selection) go.select(undefined);
        else if (query) go.query('');
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [search, map]);
}
