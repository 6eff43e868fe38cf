package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/graph/stream}: server-sent events. Each subscriber gets the newest graph when it changed, at most twice a
 * second and at least every five seconds. One that has not taken an event yet is not sent another; one that has not
 * taken it for too long is dropped.
 */
final class GraphEvents implements Component {

    private static final long LOOK_EVERY_MILLIS = 50;
    private static final long AT_MOST_EVERY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long AT_LEAST_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Logger log = LoggerFactory.getLogger(GraphEvents.class);

    /** Confined to the sender's thread but for its writer. */
    private static final class Subscriber {
        final HttpResponseWriter writer;
        final Snapshots.View view;
        CompletableFuture<Void> taken;
        long sentNanos;
        long sentVersion = -1;

        Subscriber(HttpResponseWriter writer, Snapshots.View view) {
            this.writer = writer;
            this.view = view;
            this.taken = CompletableFuture.completedFuture(null);
        }
    }

    private final Snapshots snapshots;
    private final int maxSubscribers;
    private final Duration tooSlow;
    private final CopyOnWriteArrayList<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final Counter events;
    private final Counter refused;
    private final Counter droppedSlow;
    private @Nullable ScheduledExecutorService sender;

    GraphEvents(Snapshots snapshots, int maxSubscribers, Duration tooSlow, MeterRegistry registry) {
        this.snapshots = snapshots;
        this.maxSubscribers = maxSubscribers;
        this.tooSlow = tooSlow;
        this.events = Counter.builder("topology.subscribers.events")
                .description("Graphs sent to subscribers")
                .register(registry);
        this.refused = dropped(registry, "too_many");
        this.droppedSlow = dropped(registry, "too_slow");
        Gauge.builder("topology.subscribers", subscribers, CopyOnWriteArrayList::size)
                .description("Open subscriptions to the graph")
                .register(registry);
    }

    private static Counter dropped(MeterRegistry registry, String reason) {
        return Counter.builder("topology.subscribers.dropped")
                .description("Subscriptions refused or ended by this side")
                .tag("reason", reason)
                .register(registry);
    }

    HttpResponse subscribe(ServiceRequestContext context) {
        Snapshots.View view;
        try {
            Parameters parameters = new Parameters(context.query()).only("window", "namespace", "collapse");
            view = new Snapshots.View(parameters.span(Times.LIVE), GraphApi.scope(parameters));
        } catch (Parameters.Refused e) {
            return Answers.error(HttpStatus.BAD_REQUEST, e.text());
        }
        HttpResponseWriter writer = HttpResponse.streaming();
        Subscriber subscriber = new Subscriber(writer, view);
        if (!admit(subscriber)) {
            refused.increment();
            return Answers.error(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    maxSubscribers + " subscriptions to the graph are open, as many as maxSubscribers allows;"
                            + " close one, or poll /api/graph");
        }
        context.clearRequestTimeout();
        writer.whenComplete().handle((done, failure) -> subscribers.remove(subscriber));
        writer.write(ResponseHeaders.builder(HttpStatus.OK)
                .contentType(MediaType.EVENT_STREAM)
                .set("cache-control", "no-store")
                .set("x-accel-buffering", "no")
                .build());
        return writer;
    }

    private synchronized boolean admit(Subscriber subscriber) {
        return subscribers.size() < maxSubscribers && subscribers.add(subscriber);
    }

    @Override
    public String name() {
        return "graph-events";
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService starting = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("graph-events").factory());
        starting.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        sender = starting;
    }

    @Override
    public synchronized boolean ready() {
        return sender != null;
    }

    @Override
    public synchronized void close() {
        if (sender != null) {
            sender.shutdownNow();
            sender = null;
        }
        subscribers.forEach(subscriber -> subscriber.writer.close());
    }

    private void look() {
        for (Subscriber subscriber : subscribers) {
            try {
                look(subscriber, System.nanoTime());
            } catch (RuntimeException e) {
                log.warn("a subscription to the graph failed and is closed", e);
                subscriber.writer.close(e);
            }
        }
    }

    private void look(Subscriber subscriber, long now) {
        long since = now - subscriber.sentNanos;
        if (!subscriber.taken.isDone()) {
            if (since > tooSlow.toNanos()) {
                droppedSlow.increment();
                subscriber.writer.close();
                subscribers.remove(subscriber);
            }
            return;
        }
        boolean first = subscriber.sentVersion < 0;
        boolean changed = subscriber.sentVersion != snapshots.version() && since >= AT_MOST_EVERY_NANOS;
        if (first || changed || since >= AT_LEAST_EVERY_NANOS) {
            Rendered graph = snapshots.of(subscriber.view);
            if (subscriber.writer.tryWrite(graph.event())) {
                events.increment();
                subscriber.taken = subscriber.writer.whenConsumed();
                subscriber.sentNanos = now;
                subscriber.sentVersion = graph.version();
            }
        }
    }
}
