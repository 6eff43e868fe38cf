import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { GraphHandle } from '../../graph/GraphView';
import type { Direction } from '../../model/walk';
import { firstComparison } from '../../model/comparison';
import type { Seen } from '../../model/lens';
import type { TimeSpan } from '../../model/timeRange';
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
  /** Calls that differ, what matters most first; empty where nothing is compared. */
  differing: readonly string[],
  span: TimeSpan,
) {
  const latest = useRef({ view, seen, differing, span });
  // Before the next key can come: it is about what is shown now.
  useLayoutEffect(() => {
    latest.current = { view, seen, differing, span };
  }, [view, seen, differing, span]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input, select, textarea')) return;
      const { mode, selection, query, hideHealthy, focus, comparison } = latest.current.view;
      const direction = arrows[event.key];
      if (target.closest('[role=slider]') && direction) return;
      if (direction && mode === 'map' && !target.closest('[data-panel]')) map.current?.walk(direction);
      else if (event.key === '/') search.current?.focus();
      else if (event.key === 'f') map.current?.fitAll();
      else if (event.key === 't') go.mode(mode === 'map' ? 'table' : 'map');
      else if (event.key === 'h') go.hideHealthy(!hideHealthy);
      else if (event.key === 'n') toggleFold(latest.current.seen);
      else if (event.key === 'o' && selection?.kind === 'node') go.focus(selection.id);
      else if (event.key === 'd') go.compare(comparison ? undefined : firstOf(latest.current.span));
      else if (event.key === 'j' || event.key === 'k')
        step(latest.current.differing, selection?.id, event.key === 'j' ? 1 : -1);
      else if (event.key === 'Escape') {
        if (selection) go.select(undefined);
        else if (focus !== undefined) go.focus(undefined);
        else if (query) go.query('');
        else if (comparison) go.compare(undefined);
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [search, map]);
}

const firstOf = ({ lookback, range }: TimeSpan) => firstComparison(lookback, range);

/** The next or the former difference; from none, the first or the last. */
function step(ids: readonly string[], chosen: string | undefined, by: 1 | -1): void {
  const at = chosen === undefined ? -1 : ids.indexOf(chosen);
  const next = at < 0 ? ids.at(by > 0 ? 0 : -1) : ids[at + by];
  if (next !== undefined) go.select({ kind: 'edge', id: next });
}

/** All namespaces folded, or none. */
export function toggleFold(seen: Seen | undefined): void {
  if (seen) go.fold(seen.folded.size > 0 ? new Set() : new Set(seen.namespaces));
}
