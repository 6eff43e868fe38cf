import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLive } from './live';

interface Options<T> {
  key: readonly unknown[];
  fetch: (signal: AbortSignal) => Promise<T>;
  /** Asked again at most this often, and only when the live stream brought news; undefined: what is asked for stands still. */
  everyMs: number | undefined;
  enabled?: boolean;
  /** A longer pause where the last answer was much work. */
  slower?: (answer: T) => number | undefined;
}

/**
 * An answer that is kept up to date by the live stream: while it brings something new the question is asked again, and
 * while the server is gone nobody asks; when it comes back, the next event asks.
 */
export function useLiveQuery<T>({
  key,
  fetch,
  everyMs,
  enabled = true,
  slower,
}: Options<T>): UseQueryResult<T> {
  const { graph } = useLive();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => fetch(signal),
    placeholderData: keepPreviousData,
    retry: false,
    enabled,
  });
  const pause = (query.data === undefined ? undefined : slower?.(query.data)) ?? everyMs;
  const tick = everyMs === undefined || pause === undefined || !graph ? 0 : Math.floor(graph.now / pause);
  const { refetch } = query;
  useEffect(() => {
    if (tick > 0 && enabled) void refetch({ cancelRefetch: false });
  }, [tick, enabled, refetch]);
  return query;
}
