package io.tracery.controlplane.tap;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.api.TapRules;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.controlplane.api.tap.WatchEvent;
import io.tracery.controlplane.api.tap.WatchRequest;
import io.tracery.controlplane.ca.BearerToken;
import io.tracery.controlplane.ca.TokenRefusedException;
import io.tracery.controlplane.ca.TokenVerifier;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.process.Component;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings those who may watch together with the sidecars that see. */
public final class TapService implements BindableService, Component {

    private static final Logger log = LoggerFactory.getLogger(TapService.class);
    private static final int MOST_WATCHES = 16;
    private static final long TICK_MILLIS = 100;
    private static final long LONGEST_NANOS = Duration.ofHours(1).toNanos();
    private static final long LOOK_AT_TOKENS_NANOS = Duration.ofSeconds(1).toNanos();

    /** A watcher that lags is given so many bytes before exchanges are dropped. */
    private static final int READY_BYTES = 2 * 1024 * 1024;

    private final TapTokens tokens;
    private final TokenVerifier sidecarTokens;
    private final Function<String, @Nullable Sidecar> described;
    private final TapAudit audit;
    private final MeterRegistry registry;
    private final Map<String, Attendee> attendees = new ConcurrentHashMap<>();
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tap").factory());
    private long lookedAtTokens;

    /**
     * @param sidecarTokens knows whose service account token one is
     * @param described the Sidecar object of a node
     */
    public TapService(
            TapTokens tokens,
            TokenVerifier sidecarTokens,
            Function<String, @Nullable Sidecar> described,
            Clock clock,
            MeterRegistry registry) {
        this.tokens = tokens;
        this.sidecarTokens = sidecarTokens;
        this.described = described;
        this.registry = registry;
        this.audit = new TapAudit(clock, registry);
        Gauge.builder("tracery.tap.sidecars", attendees, Map::size)
                .description("Sidecars that could be tapped")
                .register(registry);
        Gauge.builder("tracery.tap.watches", watches, Map::size)
                .description("Taps under way")
                .register(registry);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(
                TapGrpc.bindService(new TapGrpc.AsyncService() {
                    @Override
                    public void watch(WatchRequest request, StreamObserver<WatchEvent> watcher) {
                        TapService.this.watch(request, (ServerCallStreamObserver<WatchEvent>) watcher);
                    }

                    @Override
                    public StreamObserver<SidecarMessage> attend(StreamObserver<Order> orders) {
                        return TapService.this.attend((ServerCallStreamObserver<Order>) orders);
                    }
                }),
                new BearerToken());
    }

    private void watch(WatchRequest request, ServerCallStreamObserver<WatchEvent> watcher) {
        Optional<TapToken> token = authenticated(request, watcher);
        if (token.isEmpty()) {
            return;
        }
        String name = token.get().name();
        Optional<String> wrong = problem(request);
        if (wrong.isPresent()) {
            refuse(watcher, request, name, "invalid", Status.INVALID_ARGUMENT, wrong.get());
            return;
        }
        List<Attendee> meant = attendees.values().stream()
                .filter(attendee -> TapToken.matches(request.getWorkload(), attendee.workload()))
                .toList();
        long id = ids.incrementAndGet();
        Watch watch = new Watch(id, request, token.get(), watcher, System.nanoTime());
        List<Attendee> shown = meant.stream().filter(watch::wants).toList();
        if (meant.isEmpty()) {
            String what = request.getWorkload().isEmpty() ? "" : " of " + request.getWorkload();
            refuse(watcher, request, name, "not_found", Status.NOT_FOUND, "no sidecar" + what + " is connected");
        } else if (shown.isEmpty()) {
            String why = "the token " + name + " is not for " + request.getWorkload() + " but for "
                    + String.join(", ", token.get().workloads());
            refuse(watcher, request, name, "forbidden", Status.PERMISSION_DENIED, why);
        } else if (!admit(id, watch)) {
            String why = MOST_WATCHES + " taps are under way, as many as may be; end one";
            refuse(watcher, request, name, "too_many", Status.RESOURCE_EXHAUSTED, why);
        } else {
            watcher.setOnReadyThreshold(READY_BYTES);
            watcher.setOnCancelHandler(() -> {
                watch.over("left");
                sweep();
            });
            audit.began(name, request, shown.size());
            watch.start(attendees::values);
        }
    }

    private Optional<TapToken> authenticated(WatchRequest request, StreamObserver<WatchEvent> watcher) {
        if (!tokens.configured()) {
            String why = "tap is off: the control plane has no tapTokens";
            refuse(watcher, request, "", "off", Status.FAILED_PRECONDITION, why);
            return Optional.empty();
        }
        Optional<TapToken> token;
        try {
            token = tokens.find(BearerToken.current());
        } catch (TokenRefusedException e) {
            refuse(watcher, request, "", "unauthenticated", Status.UNAUTHENTICATED, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        if (token.isEmpty()) {
            String why = "the tap token is not one that the control plane knows, or it has expired";
            refuse(watcher, request, "", "unauthenticated", Status.UNAUTHENTICATED, why);
        }
        return token;
    }

    private void refuse(
            StreamObserver<WatchEvent> watcher,
            WatchRequest request,
            String token,
            String result,
            Status status,
            String why) {
        audit.refused(result, why, token, request);
        watcher.onError(status.withDescription(why).asException());
    }

    private static Optional<String> problem(WatchRequest request) {
        if (request.getSinceMillis() < 0 || request.getSinceMillis() > TapRules.MOST_SINCE_MILLIS) {
            return Optional.of("since is at most an hour");
        }
        if (request.getPerSecond() < 1 || request.getPerSecond() > TapRules.MOST_PER_SECOND) {
            return Optional.of("rate is 1 to " + TapRules.MOST_PER_SECOND + " exchanges a second");
        }
        if (request.getLimit() < 0 || request.getLimit() > TapRules.MOST_LIMIT) {
            return Optional.of("limit is at most " + TapRules.MOST_LIMIT + " exchanges");
        }
        return TapRules.problem(request.getFilter());
    }

    private synchronized boolean admit(long id, Watch watch) {
        if (watches.size() >= MOST_WATCHES) {
            return false;
        }
        watches.put(id, watch);
        return true;
    }

    private StreamObserver<SidecarMessage> attend(ServerCallStreamObserver<Order> orders) {
        // With a handler, what is sent to a sidecar that has just gone is dropped; without one it would be thrown back.
        orders.setOnCancelHandler(() -> {});
        return new SidecarStream(this, orders, sidecarTokens, described);
    }

    /** A sidecar has proved who it is. A stream that it held before is over. */
    void joined(String nodeId, Attendee attendee) {
        Attendee before = attendees.put(nodeId, attendee);
        if (before != null) {
            watches.values().forEach(watch -> watch.left(before));
            before.replaced();
        }
        watches.values().stream().filter(watch -> watch.wants(attendee)).forEach(watch -> watch.joined(attendee));
        log.debug("{} can be tapped", nodeId);
    }

    void left(String nodeId, Attendee attendee) {
        attendees.remove(nodeId, attendee);
        watches.values().forEach(watch -> watch.left(attendee));
    }

    /** One of the watches under way, null for others. */
    @Nullable
    Watch watch(long id) {
        return watches.get(id);
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            boolean lookAtTokens = now - lookedAtTokens >= LOOK_AT_TOKENS_NANOS;
            lookedAtTokens = lookAtTokens ? now : lookedAtTokens;
            for (Watch watch : watches.values()) {
                watch.tick(now);
                if (lookAtTokens && !tokens.good(watch.token())) {
                    watch.end("token", "the token was withdrawn or has expired");
                } else if (now - watch.startNanos() >= LONGEST_NANOS) {
                    watch.end("time", "an hour is over; ask again");
                }
            }
            sweep();
        } catch (RuntimeException e) {
            log.warn("taps could not be looked after", e);
        }
    }

    /** Forgets those that are over, each once. */
    private void sweep() {
        watches.forEach((id, watch) -> {
            String reason = watch.endedBecause();
            if (!reason.isEmpty() && watches.remove(id, watch)) {
                long now = System.nanoTime();
                var status = watch.status(now);
                count("sent", status.getSent());
                count("dropped", status.getDroppedRate() + status.getDroppedSlow());
                audit.ended(
                        watch.token().name(),
                        watch.request(),
                        status,
                        reason,
                        TimeUnit.NANOSECONDS.toMillis(now - watch.startNanos()));
            }
        });
    }

    private void count(String result, long exchanges) {
        registry.counter("tracery.tap.exchanges", "result", result).increment((double) exchanges);
    }

    @Override
    public String name() {
        return "tap";
    }

    @Override
    public void start() {
        clockwork.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean ready() {
        return !clockwork.isShutdown();
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
        watches.values().forEach(watch -> watch.end("control_plane", "the control plane ends"));
        sweep();
    }
}
