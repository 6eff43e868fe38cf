/** How an exchange can end, in words. Labels are the proxy's; one that is not known here is shown as it came. */
interface Fate {
  words: string;
  meaning: string;
}

const fates: Record<string, Fate> = {
  served: { words: 'served', meaning: 'Answered, and the answer is not a server error.' },
  app_error: { words: 'application error', meaning: 'The application answered with a server error.' },
  connect_refused: { words: 'connection refused', meaning: 'Nothing listened at the endpoint.' },
  connect_timeout: {
    words: 'connect timeout',
    meaning: 'The endpoint did not accept the connection in time.',
  },
  tls_verification: {
    words: 'TLS verification failed',
    meaning: 'The handshake failed, or the peer is not who was expected.',
  },
  reset_before_headers: { words: 'reset before headers', meaning: 'The connection broke before any answer.' },
  reset_after_headers: {
    words: 'reset after headers',
    meaning: 'The connection broke in the middle of the answer.',
  },
  no_route: { words: 'no route', meaning: 'No route matches the request.' },
  no_endpoint: { words: 'no endpoint', meaning: 'The cluster has no endpoint to send to.' },
  breaker_open: { words: 'breaker open', meaning: 'The circuit breaker lets no request through.' },
  queue_full: { words: 'queue full', meaning: 'As many requests as allowed already wait.' },
  budget_spent: { words: 'retry budget spent', meaning: 'No retry was left in the budget.' },
  deadline: { words: 'deadline exceeded', meaning: 'The time was up before the answer was complete.' },
  policy_denied: { words: 'denied by policy', meaning: 'Policy does not allow this caller.' },
  rate_limited: { words: 'rate limited', meaning: 'The rate limit was reached.' },
  fault_injected: {
    words: 'fault injected',
    meaning: 'The route answered so on purpose: faults are being injected.',
  },
  client_gone: { words: 'client gone', meaning: 'The caller went away before its answer was complete.' },
  malformed_request: { words: 'malformed request', meaning: 'The caller does not speak the protocol.' },
  malformed_response: { words: 'malformed response', meaning: 'The upstream does not speak the protocol.' },
};

export const SERVED = 'served';

export const fateWords = (label: string): string => fates[label]?.words ?? label.replaceAll('_', ' ');
export const fateMeaning = (label: string): string => fates[label]?.meaning ?? '';

export interface FateRow {
  label: string;
  count: number;
  share: number;
}

/** Served first, then the others by count. */
export function fateRows(counts: Record<string, number>): FateRow[] {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([label, n]) => ({ label, count: n, share: n / total }))
    .toSorted(
      (a, b) =>
        Number(b.label === SERVED) - Number(a.label === SERVED) ||
        b.count - a.count ||
        (a.label < b.label ? -1 : 1),
    );
}

/** The fates of several edges added up. */
export function sumFates(parts: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const part of parts) for (const [label, n] of Object.entries(part)) sum[label] = (sum[label] ?? 0) + n;
  return sum;
}
