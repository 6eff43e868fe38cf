import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Range } from '../model/timeRange';
import { fetchGraphOf, type Graph } from './graph';
import { useLive } from './live';

export interface Shown {
  graph: Graph | undefined;
  /** Set where it is a range of the past, and whether that is still being fetched. */
  past: { range: Range; loading: boolean } | undefined;
  error: Error | null;
}

/** The graph of the page's time: the live one, or that of a range that stands still. */
export function useShownGraph(range: Range | undefined): Shown {
  const { graph } = useLive();
  const past = useQuery({
    queryKey: ['graph', range?.from, range?.to],
    queryFn: ({ signal }) => fetchGraphOf(range ?? { from: 0, to: 0 }, signal),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  if (!range) return { graph, past: undefined, error: null };
  return { graph: past.data, past: { range, loading: past.isFetching }, error: past.error };
}
