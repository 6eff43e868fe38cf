import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useLive } from '../../api/live';
import { fetchOperations, fetchServices, fetchTraces } from '../../api/traces';
import { navigate, rememberSearch, url, urlWith, useLocation } from '../../components/navigation';
import { buildTrace } from '../../model/trace';
import { marksOf, type Mark } from '../../model/scatter';
import { parseQuery, problems, queryParams, toApi, type TraceQuery } from '../../model/traceQuery';

export function useTraceQuery(): TraceQuery {
  const { params } = useLocation();
  return useMemo(() => parseQuery(params), [params]);
}

/** Changes the search; choosing another service forgets the operation, any change forgets the brush. */
export function search(query: TraceQuery, change: Partial<TraceQuery>): void {
  const next = { ...query, ...change };
  if (change.service !== undefined && change.service !== query.service) next.operation = '';
  // The one that another is being chosen for stays.
  const chosen = new URLSearchParams(window.location.search).get('with');
  navigate(url('/traces', { ...queryParams(next), with: chosen }));
}

export function useNames(query: TraceQuery) {
  const services = useQuery({
    queryKey: ['services'],
    queryFn: ({ signal }) => fetchServices(signal),
    refetchInterval: 10_000,
  });
  const operations = useQuery({
    queryKey: ['operations', query.service],
    queryFn: ({ signal }) => fetchOperations(query.service, signal),
    enabled: query.service !== '',
  });
  return { services, operations };
}

/** Opens a trace; where another waits to be compared with it, both. */
export function openTrace(id: string): void {
  const other = new URLSearchParams(window.location.search).get('with');
  if (other === id) navigate(urlWith({ with: null }), { replace: true });
  else navigate(other ? url('/traces/compare', { a: other, b: id }) : `/traces/${id}`);
}

/** The first of two to be compared; the second opens both. */
export function chooseToCompare(id: string): void {
  const other = new URLSearchParams(window.location.search).get('with');
  if (other) openTrace(id);
  else navigate(urlWith({ with: id }), { replace: true });
}

export interface Results {
  marks: Mark[] | undefined;
  /** When the shown results were found. */
  foundAt: number;
  searching: boolean;
  error: Error | null;
  again: () => void;
}

export function useResults(query: TraceQuery): Results {
  const key = url('', queryParams(query));
  const found = useQuery({
    queryKey: ['traces', key],
    queryFn: async ({ signal }) =>
      marksOf((await fetchTraces(toApi(query, Date.now()), signal)).map(buildTrace)),
    enabled: query.service !== '' && problems(query).length === 0,
    placeholderData: keepPreviousData,
    retry: false,
    // Spans know their parents and their children: what looks for equal parts of two answers would go around for ever.
    structuralSharing: false,
  });
  useEffect(() => {
    rememberSearch(window.location.pathname + window.location.search);
  }, [key]);
  return {
    marks: found.data,
    foundAt: found.dataUpdatedAt,
    searching: found.isFetching,
    error: found.error,
    again: () => void found.refetch(),
  };
}

/** Without a service there is nothing to search: begin where requests enter the mesh. */
export function useDefaultService(query: TraceQuery, services: string[] | undefined): void {
  const { graph } = useLive();
  useEffect(() => {
    if (query.service || !services?.length) return;
    const clients = new Set(graph?.nodes.filter((node) => node.kind === 'client').map((node) => node.id));
    const entered = graph?.edges.find((edge) => clients.has(edge.source))?.target;
    const name = graph?.nodes.find((node) => node.id === entered)?.name;
    const service = services.find((candidate) => candidate === name) ?? services[0] ?? '';
    navigate(url('/traces', queryParams({ ...query, service })), { replace: true });
  }, [query, services, graph]);
}
