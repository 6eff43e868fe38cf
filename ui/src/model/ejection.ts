/** Why a balancer leaves an endpoint out, in words; one that is not known here is shown as it came. */
const reasons: Record<string, string> = {
  consecutive_5xx: 'server errors in a row',
  consecutive_gateway_failures: '502, 503 or 504 in a row',
  consecutive_local_failures: 'no answers in a row',
  success_rate: 'it fails more often than the others',
  probe_failed: 'the request that was to find out failed again',
};

export const ejectionWords = (reason: string): string => reasons[reason] ?? reason.replaceAll('_', ' ');

interface Judged {
  senders: number;
  ejectedBy: number;
  by: readonly { ejected: string | null }[];
}

/** Whether senders leave an endpoint out, how many of them, and why; undefined where all use it. */
export function leftOutWords({ senders, ejectedBy, by }: Judged): string | undefined {
  if (ejectedBy === 0) return undefined;
  const why = [...new Set(by.flatMap(({ ejected }) => (ejected ? [ejectionWords(ejected)] : [])))];
  const whom =
    ejectedBy === senders ? (senders === 1 ? '' : ` by all ${senders}`) : ` by ${ejectedBy} of ${senders}`;
  return `left out${whom}: ${why.join('; ')}`;
}
