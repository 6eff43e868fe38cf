import type { Instance } from '../api/mesh';

/** Fates that a policy gives a request, at whichever end it was refused. */
const DENIED = 'policy_denied';
const LIMITED = 'rate_limited';

interface Counted {
  requests: number;
  fates: Record<string, number>;
}

export interface Admission {
  allowed: number;
  denied: number;
  limited: number;
}

/** What became of a caller's requests before the service's application saw them; a refusal is counted by the end that refused. */
export function admission({
  sender,
  receiver,
}: {
  sender: Counted | null;
  receiver: Counted | null;
}): Admission {
  const both = (fate: string) => (sender?.fates[fate] ?? 0) + (receiver?.fates[fate] ?? 0);
  const reached = receiver ?? sender;
  const refused = (reached?.fates[DENIED] ?? 0) + (reached?.fates[LIMITED] ?? 0);
  return { allowed: (reached?.requests ?? 0) - refused, denied: both(DENIED), limited: both(LIMITED) };
}

/** The sidecar whose certificate ends first; undefined where none has one. */
export const firstToExpire = (sidecars: readonly Instance[]): Instance | undefined =>
  sidecars
    .filter(({ certificate, stale }) => certificate && !stale)
    .toSorted((a, b) => (a.certificate?.expires ?? 0) - (b.certificate?.expires ?? 0))[0];
