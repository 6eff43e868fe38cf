import { useEffect, useRef, type RefObject } from 'react';
import type { GraphHandle } from '../../graph/GraphView';
import type { Direction } from '../../model/walk';
import type { Seen } from '../../model/lens';
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
  seen: Seen | undefined,
  search: RefObject<HTMLInputElement | null>,
  map: RefObject<GraphHandle | null>,
) {
  const latest = useRef({ view, seen });
  useEffect(() => {
    latest.current = { view, seen };
  }, [view, seen]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input, select, textarea')) return;
      const { mode, selection, query, hideHealthy, focus } = latest.current.view;
      const direction = arrows[event.key];
      if (direction && mode === 'map' && !target.closest('[data-panel]')) map.current?.walk(direction);
      else if (event.key === '/') search.current?.focus();
      else if (event.key === 'f') map.current?.fitAll();
      else if (event.key === 't') go.mode(mode === 'map' ? 'table' : 'map');
      else if (event.key === 'h') go.hideHealthy(!hideHealthy);
      else if (event.key === 'n') toggleFold(latest.current.seen);
      else if (event.key === 'o' && selection?.kind === 'node') go.focus(selection.id);
      else if (event.key === 'Escape') {
        if (selection) go.select(undefined);
        else if (focus !== undefined) go.focus(undefined);
        else if (query) go.query('');
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [search, map]);
}

/** All namespaces folded, or none. */
export function toggleFold(seen: Seen | undefined): void {
  if (seen) go.fold(seen.folded.size > 0 ? new Set() : new Set(seen.namespaces));
}
