import { useMemo } from 'react';
import type { ServiceDetail } from '../../api/services';
import type { Point } from '../../api/tally';
import { useLocation } from '../../components/navigation';

/** One part of a service's traffic that is looked at before the whole, as the URL says it: `route:shop/cart/0`. */
export interface Pick {
  kind: 'route' | 'version' | 'sender' | 'receiver';
  name: string;
}

export function usePick(): Pick | undefined {
  const { params } = useLocation();
  const text = params.get('pick');
  return useMemo(() => {
    const [, kind, name] = /^(route|version|sender|receiver):(.+)$/.exec(text ?? '') ?? [];
    return kind && name ? { kind: kind as Pick['kind'], name } : undefined;
  }, [text]);
}

export const pickText = ({ kind, name }: Pick): string => `${kind}:${name}`;

export function pickedOf(
  detail: ServiceDetail,
  pick: Pick | undefined,
): { label: string; points: readonly Point[] } | undefined {
  if (!pick) return undefined;
  const peers = (list: ServiceDetail['senders']) => list.find((peer) => peer.edge === pick.name)?.points;
  const points = {
    route: () => detail.routes.find((route) => route.route === pick.name)?.points,
    version: () => detail.versions.find((version) => version.version === pick.name)?.points,
    sender: () => peers(detail.senders),
    receiver: () => peers(detail.receivers),
  }[pick.kind]();
  return points ? { label: labelOf(detail, pick), points } : undefined;
}

function labelOf(detail: ServiceDetail, { kind, name }: Pick): string {
  if (kind === 'route' || kind === 'version') return name;
  const peer = [...detail.senders, ...detail.receivers].find((candidate) => candidate.edge === name);
  const short = peer?.id.split('/').at(-1) ?? name;
  return kind === 'sender' ? `from ${short}` : `to ${short}`;
}
