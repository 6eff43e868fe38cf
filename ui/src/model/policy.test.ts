import { describe, expect, it } from 'vitest';
import type { Instance } from '../api/mesh';
import { admission, firstToExpire } from './policy';

describe('what policy let through', () => {
  it('counts a refusal where it was made, and what reached the service by the service', () => {
    expect(
      admission({
        sender: { requests: 110, fates: { served: 100, rate_limited: 10 } },
        receiver: { requests: 100, fates: { served: 90, policy_denied: 7, rate_limited: 3 } },
      }),
    ).toEqual({ allowed: 90, denied: 7, limited: 13 });
  });

  it('takes the caller’s word where the service does not count', () => {
    expect(
      admission({ sender: { requests: 10, fates: { served: 8, rate_limited: 2 } }, receiver: null }),
    ).toEqual({ allowed: 8, denied: 0, limited: 2 });
    expect(admission({ sender: null, receiver: null })).toEqual({ allowed: 0, denied: 0, limited: 0 });
  });
});

describe('the certificate that ends first', () => {
  const sidecar = (instance: string, expires: number | null, stale = false): Instance => ({
    instance,
    namespace: 'shop',
    workload: 'cart',
    version: '',
    started: 0,
    lastSeen: 0,
    stale,
    configuration: null,
    certificate: expires === null ? null : { issued: 0, expires, remainingSeconds: expires / 1000 },
    dropped: { spans: 0, metrics: 0 },
    overBudget: 0,
  });

  it('is that of a sidecar that is alive and has one', () => {
    const all = [sidecar('a', 9_000), sidecar('b', 5_000), sidecar('c', 1_000, true), sidecar('d', null)];
    expect(firstToExpire(all)?.instance).toBe('b');
    expect(firstToExpire([sidecar('d', null)])).toBeUndefined();
  });
});
