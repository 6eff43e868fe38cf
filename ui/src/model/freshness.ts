import type { Connection } from '../api/graphStream';

/**
 * `late`: older than a mesh under load should show. `stale`: older than even an idle mesh shows, whose sidecars repeat
 * every series each 30 s. `lost`: the server does not answer.
 */
export type Freshness =
  | { state: 'connecting' | 'empty' }
  | { state: 'live' | 'late' | 'stale'; ageMs: number }
  | { state: 'lost'; sinceMs: number; retryInMs: number };

export const LATE_MS = 10_000;
export const STALE_MS = 35_000;

export interface Sighting {
  /** The server's clock when it sent the graph, and the newest thing it had seen by then. */
  serverNow: number;
  newestData: number | null;
  /** Our own clock when the graph arrived: the two clocks are never compared. */
  receivedAt: number;
}

export function freshness(connection: Connection, sighting: Sighting | undefined, now: number): Freshness {
  if (connection.state === 'lost') {
    return {
      state: 'lost',
      sinceMs: now - connection.since,
      retryInMs: Math.max(0, connection.retryAt - now),
    };
  }
  if (!sighting) return { state: 'connecting' };
  if (sighting.newestData === null || sighting.newestData === 0) return { state: 'empty' };
  const ageMs =
    Math.max(0, sighting.serverNow - sighting.newestData) + Math.max(0, now - sighting.receivedAt);
  return { state: ageMs > STALE_MS ? 'stale' : ageMs > LATE_MS ? 'late' : 'live', ageMs };
}
