import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLive } from './live';

/** What this server can be asked beside the live graph: an older one, or one without tap, knows less. */
export interface Offers {
  /** Ranges of the past, differences and events. */
  past: boolean;
  services: boolean;
  mesh: boolean;
  tap: boolean;
}

const nothing: Offers = { past: false, services: false, mesh: false, tap: false };

async function offered(
  path: string,
  signal: AbortSignal,
  known: (status: number) => boolean,
): Promise<boolean> {
  const response = await fetch(path, { headers: { accept: 'application/json' }, signal });
  await response.body?.cancel();
  return known(response.status) && (response.headers.get('content-type') ?? '').includes('json');
}

const answers = (status: number) => status === 200;
/** Without a token it refuses; where nobody may tap at all it says so, and there is nothing to show. */
const refuses = (status: number) => status === 401 || status === 403 || status === 429;

async function ask(signal: AbortSignal): Promise<Offers> {
  const [past, services, mesh, tap] = await Promise.all([
    offered('/api/events', signal, answers),
    offered('/api/services', signal, answers),
    offered('/api/mesh', signal, answers),
    offered('/api/tap', signal, refuses),
  ]);
  return { past, services, mesh, tap };
}

/** Pages and tools that the server cannot fill are not shown. Asked once, and again after the server was gone. */
export function useOffers(): Offers {
  const { connection, graph } = useLive();
  const lostAt = connection.state === 'lost' ? connection.since : 0;
  const query = useQuery({
    queryKey: ['offers', lostAt > 0],
    queryFn: ({ signal }) => ask(signal),
    enabled: lostAt === 0 && graph !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: 1,
  });
  return query.data ?? nothing;
}
