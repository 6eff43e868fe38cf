package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is kept of all objects of one kind. An informer's thread writes, anybody reads. */
final class Table<T extends HasMetadata> implements ResourceEventHandler<T> {

    /** Kubernetes itself is tested up to 150,000 pods. */
    static final int MOST = 150_000;

    private final Function<T, @Nullable Seen> reading;
    private final Runnable changed;
    private final Runnable dropped;
    private final ConcurrentHashMap<String, Seen> kept = new ConcurrentHashMap<>();

    /**
     * @param reading null for an object that is not kept
     * @param changed told after each change
     * @param dropped told of each object for which there was no room
     */
    Table(Function<T, @Nullable Seen> reading, Runnable changed, Runnable dropped) {
        this.reading = reading;
        this.changed = changed;
        this.dropped = dropped;
    }

    Collection<Seen> all() {
        return kept.values();
    }

    int size() {
        return kept.size();
    }

    @Override
    public void onAdd(T object) {
        put(object);
    }

    @Override
    public void onUpdate(T before, T object) {
        put(object);
    }

    @Override
    public void onDelete(T object, boolean stateUnknown) {
        if (kept.remove(Cache.metaNamespaceKeyFunc(object)) != null) {
            changed.run();
        }
    }

    private void put(T object) {
        String key = Cache.metaNamespaceKeyFunc(object);
        Seen seen = reading.apply(object);
        if (seen == null) {
            if (kept.remove(key) != null) {
                changed.run();
            }
        } else if (kept.size() >= MOST && !kept.containsKey(key)) {
            dropped.run();
        } else if (!seen.equals(kept.put(key, seen))) {
            changed.run();
        }
    }
}
