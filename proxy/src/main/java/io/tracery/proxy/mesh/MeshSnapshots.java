package io.tracery.proxy.mesh;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The one reference from which the data path takes its snapshot. Any thread may read; one thread publishes. */
public final class MeshSnapshots {

    private final AtomicReference<MeshSnapshot> current = new AtomicReference<>(MeshSnapshot.EMPTY);
    private final List<Consumer<MeshSnapshot>> listeners = new CopyOnWriteArrayList<>();

    public MeshSnapshot current() {
        return current.get();
    }

    /** Puts a snapshot in force, then tells those who must act on it (those who open and close listeners). */
    public void publish(MeshSnapshot snapshot) {
        RateLimiters.carryOver(current.get(), snapshot);
        current.set(snapshot);
        listeners.forEach(listener -> listener.accept(snapshot));
    }

    /** Calls back on the publishing thread after each snapshot that took effect. */
    public void onPublish(Consumer<MeshSnapshot> listener) {
        listeners.add(listener);
    }
}
