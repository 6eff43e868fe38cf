import { useMemo } from 'react';
import { asWindow } from '../../api/live';
import type { Window } from '../../api/graph';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { comparisonParams, parseComparison, type Comparison } from '../../model/comparison';
import { foldText, parseFold, type Fold } from '../../model/lens';
import { parseSort, sortText, type Sort } from '../../model/sort';
import type { Selection } from '../../model/walk';

export type Mode = 'map' | 'table';

export interface TopologyView {
  mode: Mode;
  window: Window;
  selection: Selection | undefined;
  query: string;
  sort: Sort;
  fold: Fold;
  hideHealthy: boolean;
  focus: string | undefined;
  /** How many calls away from the focus is still shown. */
  depth: number;
  /** Two times, or two versions, laid over one another in place of one graph. */
  comparison: Comparison | undefined;
}

export const depths = [1, 2, 3, 9] as const;

/** Everything that a link to this view must carry. */
export function useTopologyView(): TopologyView {
  const { params } = useLocation();
  return useMemo(() => {
    const node = params.get('node');
    const edge = params.get('edge');
    const comparison = parseComparison(params);
    return {
      mode: params.get('view') === 'table' ? 'table' : 'map',
      window: asWindow(params.get('window')),
      selection: edge ? { kind: 'edge', id: edge } : node ? { kind: 'node', id: node } : undefined,
      query: params.get('q') ?? '',
      sort: parseSort(params.get('sort'), comparison ? byChange : byRate),
      fold: parseFold(params.get('fold')),
      hideHealthy: params.get('only') === 'trouble',
      focus: params.get('focus') ?? undefined,
      depth: depths.find((depth) => String(depth) === params.get('depth')) ?? 1,
      comparison,
    };
  }, [params]);
}

const byRate: Sort = { key: 'rate', descending: true };
const byChange: Sort = { key: 'change', descending: false };

/** What a comparison begins without: the time that it replaces, and the sort of another table. */
const cleared = { from: null, to: null, sort: null };

/** The link that compares, with everything else as it is. */
export const comparisonUrl = (comparison: Comparison): string =>
  urlWith({
    ...(comparison.kind === 'moments' ? cleared : { sort: null }),
    ...comparisonParams(comparison),
  });

export const selectionParams = (selection: Selection | undefined) => ({
  node: selection?.kind === 'node' ? selection.id : null,
  edge: selection?.kind === 'edge' ? selection.id : null,
});

/** The link that selects something, with everything else as it is. */
export const selectionUrl = (selection: Selection): string => urlWith(selectionParams(selection));

/** Compares two versions of a node in the page's time, with nothing chosen. */
export const versionsUrl = (node: string, a: string, b: string): string =>
  urlWith({
    ...selectionParams(undefined),
    ...comparisonParams({ kind: 'versions', node, a, b }),
    sort: null,
  });

export const go = {
  select: (selection: Selection | undefined) => navigate(urlWith(selectionParams(selection))),
  mode: (mode: Mode) => navigate(urlWith({ view: mode === 'table' ? 'table' : null })),
  window: (window: Window) => navigate(urlWith({ window: window === '30s' ? null : window })),
  query: (query: string) => navigate(urlWith({ q: query }), { replace: true }),
  fold: (folded: ReadonlySet<string>) =>
    navigate(urlWith({ fold: foldText(folded), node: null, edge: null })),
  hideHealthy: (on: boolean) => navigate(urlWith({ only: on ? 'trouble' : null })),
  focus: (id: string | undefined) => navigate(urlWith({ focus: id, depth: null })),
  depth: (depth: number) =>
    navigate(urlWith({ depth: depth === 1 ? null : String(depth) }), { replace: true }),
  compare: (comparison: Comparison | undefined, replace = false) =>
    navigate(
      comparison ? comparisonUrl(comparison) : urlWith({ ...comparisonParams(undefined), sort: null }),
      { replace },
    ),
  sort: (sort: Sort) => navigate(urlWith({ sort: sortText(sort) }), { replace: true }),
};
