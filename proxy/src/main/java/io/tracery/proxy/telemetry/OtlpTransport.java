package io.tracery.proxy.telemetry;

import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over HTTP to a telemetry pipeline, or whatever else speaks it, on the same node: a record's value is an export request as it is. Of each topic
 * one request is under way, so that totals arrive in order and little is held; what cannot be sent meanwhile waits with whoever sends it. Nothing is
 * packed: within a node, bytes cost less than packing them.
 */
final class OtlpTransport implements Transport {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** As long as Kafka's client tries. */
    private static final long DELIVERY_NANOS = Duration.ofSeconds(15).toNanos();

    private static final long PAUSE_MILLIS = 500;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor)
            .build();
    private final Duration answerTimeout;
    private final Map<Topic, URI> urls = new EnumMap<>(Topic.class);
    private final Map<Topic, AtomicReference<@Nullable Delivery>> underWay = new EnumMap<>(Topic.class);

    /** @param base of the endpoint, without a path */
    OtlpTransport(URI base) {
        this(base, ANSWER_TIMEOUT);
    }

    OtlpTransport(URI base, Duration answerTimeout) {
        this.answerTimeout = answerTimeout;
        urls.put(Topic.MESH_SPANS, base.resolve("/v1/traces"));
        urls.put(Topic.OTLP_METRICS, base.resolve("/v1/metrics"));
        urls.keySet().forEach(topic -> underWay.put(topic, new AtomicReference<>()));
    }

    @Override
    public boolean send(Topic topic, byte[] key, byte[] value, Receipt receipt) {
        AtomicReference<@Nullable Delivery> place = underWay.get(topic);
        URI url = urls.get(topic);
        if (place == null || url == null) {
            throw new IllegalArgumentException(topic + " is nothing that OTLP has");
        }
        if (place.get() != null) {
            return false;
        }
        Delivery delivery = new Delivery(url, value.clone(), receipt, place);
        place.set(delivery);
        delivery.attempt();
        return true;
    }

    @Override
    public void close() {
        CompletableFuture<?>[] open = underWay.values().stream()
                .map(AtomicReference::get)
                .filter(delivery -> delivery != null)
                .map(delivery -> delivery.done)
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(open).get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Settled below.
        }
        client.shutdownNow();
        executor.shutdownNow();
        for (AtomicReference<@Nullable Delivery> place : underWay.values()) {
            Delivery delivery = place.get();
            if (delivery != null) {
                delivery.settle(DropReason.CLOSED);
            }
        }
    }

    /** One request, until it is taken or refused for good, or there was no time left. */
    private final class Delivery {

        private final HttpRequest request;
        private final Receipt receipt;
        private final AtomicReference<@Nullable Delivery> place;
        private final long deadline = System.nanoTime() + DELIVERY_NANOS;
        private final AtomicBoolean settled = new AtomicBoolean();
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();

        Delivery(URI url, byte[] value, Receipt receipt, AtomicReference<@Nullable Delivery> place) {
            this.request = HttpRequest.newBuilder(url)
                    .header("Content-Type", "application/x-protobuf")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(value))
                    .build();
            this.receipt = receipt;
            this.place = place;
        }

        /** The request's own timeout would be over with the head of the answer, however long its body takes. */
        @SuppressWarnings("FutureReturnValueIgnored") // what becomes of it is told to the receipt
        void attempt() {
            CompletableFuture<HttpResponse<Void>> answer =
                    client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
            answer.copy()
                    .orTimeout(answerTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((response, failure) -> {
                        answer.cancel(true);
                        answered(response, failure);
                    });
        }

        private void answered(@Nullable HttpResponse<Void> response, @Nullable Throwable failure) {
            if (response == null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                again(
                        cause instanceof TimeoutException
                                ? DropReason.TIMED_OUT
                                : cause instanceof IOException ? DropReason.UNREACHABLE : DropReason.REJECTED);
                return;
            }
            switch (response.statusCode()) {
                case 200 -> settle(null);
                // After these OTLP says to send the same again.
                case 429, 502, 503, 504 -> again(DropReason.TIMED_OUT);
                case 413 -> settle(DropReason.TOO_LARGE);
                default -> settle(DropReason.REJECTED);
            }
        }

        private void again(DropReason otherwise) {
            if (settled.get()) {
                return;
            }
            if (System.nanoTime() - deadline >= 0) {
                settle(otherwise);
                return;
            }
            Executor later = CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);
            later.execute(this::attempt);
        }

        void settle(@Nullable DropReason lost) {
            if (settled.compareAndSet(false, true)) {
                place.set(null);
                receipt.settled(lost);
                done.complete(true);
            }
        }
    }
}
