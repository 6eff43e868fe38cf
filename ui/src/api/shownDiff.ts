import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { comparisonQuery, moves, type Comparison } from '../model/comparison';
import { diffGraph } from '../model/diff';
import type { MapGraph } from '../model/lens';
import { apiTime, type Range, type TimeSpan } from '../model/timeRange';
import { fetchDiff, type GraphDiff } from './diff';
import { fetchGraphOf, type Graph } from './graph';
import { useLiveQuery } from './useLiveQuery';

export interface ShownDiff {
  diff: GraphDiff;
  before: Graph;
  after: Graph;
  /** Both in one. */
  graph: MapGraph;
}

export interface Compared {
  shown: ShownDiff | undefined;
  /** What is shown is still that of the question before. */
  loading: boolean;
  error: Error | null;
}

const EVERY_MS = 10_000;
/** Comparing tens of thousands of calls is work for both ends. */
const LARGE_EVERY_MS = 60_000;
const LARGE_EDGES = 3_000;
/** Two graphs for each answer, and one of them is another ten seconds later: they are not kept for minutes. */
const KEPT_MS = 20_000;

/** What differs, with the graphs of both times; asked again while one of them is relative to now. */
export function useShownDiff(comparison: Comparison | undefined, span: TimeSpan): Compared {
  const query = comparison ? comparisonQuery(comparison, apiTime(span)) : '';
  const moving = comparison !== undefined && moves(comparison, span.range);
  const answer = useLiveQuery({
    key: ['diff', query],
    fetch: (signal) => fetchDiff(query, signal),
    everyMs: moving ? EVERY_MS : undefined,
    enabled: comparison !== undefined,
    slower: (diff) => (diff.edges.length > LARGE_EDGES ? LARGE_EVERY_MS : undefined),
  });
  const diff = answer.error ? undefined : answer.data;
  const before = useGraphOf(diff?.a);
  const after = useGraphOf(diff?.b);
  const shown = useMemo(
    () =>
      diff && before.data && after.data
        ? {
            diff,
            before: before.data,
            after: after.data,
            graph: diffGraph(diff, before.data, after.data),
          }
        : undefined,
    [diff, before.data, after.data],
  );
  return {
    shown: comparison && shown,
    loading: answer.isPlaceholderData,
    error: answer.error ?? before.error ?? after.error,
  };
}

function useGraphOf(range: Range | undefined) {
  return useQuery({
    queryKey: ['graph', range?.from, range?.to],
    queryFn: ({ signal }) => fetchGraphOf(range ?? { from: 0, to: 0 }, signal),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: KEPT_MS,
    retry: false,
  });
}
