package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client that has no part in what others do to the proxy: it asks over and over on a connection of its own, and each of its
 * requests has to be answered as it should.
 */
final class Bystander implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Http1Peer peer;
    private final String path;
    private final Thread thread;
    private final AtomicInteger served = new AtomicInteger();
    private volatile boolean over;
    private volatile @Nullable Throwable harm;

    /** @param path of which it expects to be told "fine" */
    Bystander(InetSocketAddress proxy, String path) throws IOException {
        this(Http1Peer.connect(proxy), path);
    }

    Bystander(Http1Peer peer, String path) {
        this.peer = peer;
        this.path = path;
        this.thread = Thread.ofVirtual().start(this::ask);
    }

    private void ask() {
        try {
            while (!over) {
                assertThat(peer.get(path).text()).isEqualTo("fine");
                served.incrementAndGet();
            }
        } catch (IOException | AssertionError e) {
            harm = e;
        }
    }

    /** From now on, a few times. */
    void isServed() {
        // The request under way may have been answered before.
        int enough = served.get() + 4;
        await().atMost(PATIENCE).until(() -> harm != null || served.get() >= enough);
        assertUnharmed();
    }

    private void assertUnharmed() {
        assertThat(harm).as("after %d answers", served.get()).isNull();
    }

    /** All its requests, the last included, have been answered. */
    @Override
    public void close() throws IOException {
        over = true;
        try (peer) {
            assertThat(thread.join(PATIENCE)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertUnharmed();
    }
}
