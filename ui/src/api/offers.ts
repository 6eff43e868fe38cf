import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getJson } from './http';
import { useLive } from './live';
import { z } from './schema';

const healthSchema = z.object({ tap: z.boolean().optional() });

/** Whether this server knows whom to ask for single exchanges. Asked once, and again after the server was gone. */
export function useTapOffered(): boolean {
  const { connection, graph } = useLive();
  const lost = connection.state === 'lost';
  const query = useQuery({
    queryKey: ['health', lost],
    queryFn: ({ signal }) => getJson('/api/health', healthSchema, signal),
    enabled: !lost && graph !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: 1,
  });
  return query.data?.tap === true;
}
