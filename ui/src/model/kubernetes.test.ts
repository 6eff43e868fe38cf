import { describe, expect, it } from 'vitest';
import { imageName, replicas, zones } from './kubernetes';

describe('what Kubernetes says of a node', () => {
  it('calls an image by its last name', () => {
    expect(imageName('registry.example:5000/shop/cart:1.4.2')).toBe('cart:1.4.2');
    expect(imageName('nginx')).toBe('nginx');
    expect(imageName(`shop/cart@sha256:${'0123456789ab'.repeat(5)}cdef`)).toBe('cart@0123456789ab');
  });

  it('says how many replicas are missing, where any are', () => {
    expect(replicas({ ready: 2, desired: 2 })).toBe('2');
    expect(replicas({ ready: 1, desired: 2 })).toBe('1 of 2');
  });

  it('names each zone once', () => {
    expect(
      zones({
        machines: [
          { name: 'a', zone: 'eu-1a', pods: 1 },
          { name: 'b', zone: null, pods: 1 },
          { name: 'c', zone: 'eu-1a', pods: 2 },
        ],
      }),
    ).toEqual(['eu-1a']);
  });
});
