package io.tracery.proxy.route;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bucket for each key, and no more than a number of them: a full one, which is one whose key has been quiet, makes way
 * for a new key. While there is none, new keys share a bucket, so that nobody gets more by inventing keys. Any thread.
 */
final class KeyedBuckets {

    /** Longer keys share that bucket too: they would cost memory that nobody bounded. */
    static final int LONGEST_KEY = 256;

    /** Entries that one new key may cost to look at. */
    private static final int LOOKED_AT = 16;

    private final Rate rate;
    private final int most;
    private final Map<String, Gcra> buckets = new ConcurrentHashMap<>();
    private final Gcra shared;
    private Iterator<Map.Entry<String, Gcra>> sweep = buckets.entrySet().iterator();

    KeyedBuckets(Rate rate, int most) {
        this.rate = rate;
        this.most = most;
        this.shared = new Gcra(rate);
    }

    Gcra bucket(String key, long nowNanos) {
        if (key.length() > LONGEST_KEY) {
            return shared;
        }
        Gcra known = buckets.get(key);
        return known != null && !known.retired() ? known : create(key, nowNanos);
    }

    int size() {
        return buckets.size();
    }

    private synchronized Gcra create(String key, long nowNanos) {
        Gcra known = buckets.get(key);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= most && !makeWay(nowNanos)) {
            return shared;
        }
        Gcra created = new Gcra(rate);
        buckets.put(key, created);
        return created;
    }

    /** Goes on where it last stopped, so that every bucket has its turn. */
    private boolean makeWay(long nowNanos) {
        for (int i = 0; i < LOOKED_AT; i++) {
            if (!sweep.hasNext()) {
                sweep = buckets.entrySet().iterator();
            }
            Map.Entry<String, Gcra> entry = sweep.next();
            if (entry.getValue().retire(nowNanos)) {
                buckets.remove(entry.getKey());
                return true;
            }
        }
        return false;
    }
}
