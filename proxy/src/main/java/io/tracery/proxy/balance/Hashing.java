package io.tracery.proxy.balance;

/** Hashes that every proxy of the mesh computes alike, so that they agree on who owns a request. */
public final class Hashing {

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Hashing() {}

    /** FNV-1a over the characters, then mixed so that all bits depend on all of them; never {@link LoadBalancer#NO_HASH}. */
    public static long of(CharSequence text) {
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return never0(mix(hash));
    }

    /** As of text, for the bytes of an address. */
    public static long of(byte[] bytes) {
        long hash = FNV_BASIS;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return never0(mix(hash));
    }

    /** Puts two hashes together; the order matters. */
    public static long with(long first, long second) {
        return never0(mix(Long.rotateLeft(first, 1) ^ second));
    }

    /** David Stafford's 13th variant, as in SplittableRandom. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static long never0(long hash) {
        return hash == LoadBalancer.NO_HASH ? 1 : hash;
    }
}
