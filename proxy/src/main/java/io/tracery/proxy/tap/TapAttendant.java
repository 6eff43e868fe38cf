package io.tracery.proxy.tap;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.proxy.identity.TokenFile;
import io.tracery.proxy.telemetry.Tap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a stream on the control plane's connection, over which it can ask for single exchanges. Until it does, the stream is
 * all that there is. A control plane that knows no tap is left alone.
 */
public final class TapAttendant implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TapAttendant.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(5);
    private static final Duration LAST_BACKOFF = Duration.ofMinutes(2);

    /** A reader that lags is given so many bytes before exchanges are dropped. */
    private static final int READY_BYTES = 256 * 1024;

    private final String nodeId;
    private final Path tokenFile;
    private final Tap tap;
    private final ScheduledExecutorService timer;
    private final Duration settle;

    // Guarded by this.
    private @Nullable Channel channel;
    private @Nullable Attendance attending;
    private @Nullable ScheduledFuture<?> due;
    private Duration backoff = FIRST_BACKOFF;
    private boolean closed;

    /**
     * @param tokenFile the service account token, read anew for each stream
     * @param timer runs what is quick
     * @param settle how long to wait once the control plane has answered: a start has other things to do
     */
    public TapAttendant(String nodeId, Path tokenFile, Tap tap, ScheduledExecutorService timer, Duration settle) {
        this.nodeId = nodeId;
        this.tokenFile = tokenFile;
        this.tap = tap;
        this.timer = timer;
        this.settle = settle;
    }

    /** The control plane answers on this channel. Any thread, as often as it happens. */
    public synchronized void connected(Channel open) {
        channel = open;
        backoff = FIRST_BACKOFF;
        if (attending == null) {
            attendAfter(settle);
        }
    }

    private void attendAfter(Duration wait) {
        if (due != null) {
            due.cancel(false);
        }
        try {
            due = closed ? null : timer.schedule(this::attend, wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("closed while waiting");
        }
    }

    private synchronized void attend() {
        Channel open = channel;
        if (closed || open == null || attending != null) {
            return;
        }
        Metadata metadata = new Metadata();
        try {
            metadata.put(AUTHORIZATION, "Bearer " + TokenFile.read(tokenFile));
        } catch (IOException e) {
            log.warn("nobody can tap this sidecar through the control plane: {}", e.getMessage());
            again();
            return;
        }
        Attendance attendance = new Attendance(tap, this::ended);
        attending = attendance;
        TapGrpc.newStub(open)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withOnReadyThreshold(READY_BYTES)
                .attend(attendance);
        attendance.hello(nodeId);
    }

    private synchronized void ended(Status why) {
        attending = null;
        if (closed) {
            return;
        }
        if (why.getCode() == Status.Code.UNIMPLEMENTED) {
            log.debug("the control plane knows no tap");
            return;
        }
        log.debug("the stream for taps ended, trying again: {}", why);
        again();
    }

    private void again() {
        long most = backoff.toMillis();
        attendAfter(Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1)));
        backoff = backoff.multipliedBy(2).compareTo(LAST_BACKOFF) < 0 ? backoff.multipliedBy(2) : LAST_BACKOFF;
    }

    /** True while somebody watches this sidecar through the control plane. */
    synchronized boolean looking() {
        return attending != null && attending.looking();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (due != null) {
            due.cancel(false);
        }
        if (attending != null) {
            attending.cancel();
        }
    }
}
