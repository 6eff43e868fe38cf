package io.tracery.proxy.tap;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tracery.controlplane.api.tap.Hello;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.proxy.telemetry.Tap;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to the control plane: what it orders is looked for by a thread that is there only while somebody watches. What
 * is sent comes from one thread at a time, the opener's first, then the looker's.
 */
final class Attendance implements ClientResponseObserver<SidecarMessage, Order> {

    private static final Logger log = LoggerFactory.getLogger(Attendance.class);
    private static final int MOST_WATCHES = 16;
    /** How long a message may wait for room; then it is dropped, and counted. */
    private static final int PATIENCE_MILLIS = 500;

    private static final int WAIT_MILLIS = 5;

    private final Tap tap;
    private final Consumer<Status> ended;

    /** Guarded by this. */
    private final Map<Long, TapWatch> watches = new LinkedHashMap<>();
    /** Guarded by this; null while nobody watches. */
    private @Nullable Thread looker;

    private volatile boolean over;

    @SuppressWarnings("NullAway.Init") // Set before the call starts.
    private ClientCallStreamObserver<SidecarMessage> out;

    /** @param ended told once, why the stream is no more */
    Attendance(Tap tap, Consumer<Status> ended) {
        this.tap = tap;
        this.ended = ended;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SidecarMessage> stream) {
        out = stream;
    }

    /** The first message of the stream. */
    void hello(String nodeId) {
        out.onNext(SidecarMessage.newBuilder()
                .setHello(Hello.newBuilder().setNodeId(nodeId))
                .build());
    }

    @Override
    public void onNext(Order order) {
        switch (order.getOrderCase()) {
            case LOOK -> look(order.getLook());
            case STOP -> stop(order.getStop());
            case ORDER_NOT_SET -> log.debug("an order that this version does not know");
        }
    }

    private synchronized void look(Look look) {
        if (over || watches.size() >= MOST_WATCHES) {
            return;
        }
        watches.put(look.getWatch(), new TapWatch(look, tap, InstantSource.system()));
        if (looker == null) {
            looker = Thread.ofVirtual().name("tap").start(this::work);
        }
    }

    private synchronized void stop(long watch) {
        watches.remove(watch);
    }

    private void work() {
        try {
            Map<Long, TapWatch> now = current();
            while (!now.isEmpty()) {
                for (Map.Entry<Long, TapWatch> watch : now.entrySet()) {
                    if (!watch.getValue().turn(System.nanoTime(), this::offer)) {
                        stop(watch.getKey());
                    }
                }
                Thread.sleep(Tap.LOOK_AGAIN_MILLIS);
                now = current();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("a tap failed and ends", e);
            out.cancel("the sidecar failed", e);
        }
    }

    /** Without any, the thread that asks is no longer the looker. */
    private synchronized Map<Long, TapWatch> current() {
        if (over || watches.isEmpty()) {
            looker = null;
            return Map.of();
        }
        return Map.copyOf(watches);
    }

    private boolean offer(SidecarMessage message) throws InterruptedException {
        for (int waited = 0; !out.isReady(); waited += WAIT_MILLIS) {
            if (over || waited >= PATIENCE_MILLIS) {
                return false;
            }
            Thread.sleep(WAIT_MILLIS);
        }
        out.onNext(message);
        return true;
    }

    @Override
    public void onError(Throwable cause) {
        end(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        end(Status.OK.withDescription("the control plane ended the stream"));
    }

    private void end(Status why) {
        synchronized (this) {
            over = true;
            watches.clear();
            if (looker != null) {
                looker.interrupt();
                looker = null;
            }
        }
        ended.accept(why);
    }

    /** Whether anybody watches. */
    synchronized boolean looking() {
        return looker != null;
    }

    void cancel() {
        out.cancel("the sidecar ends", null);
    }
}
