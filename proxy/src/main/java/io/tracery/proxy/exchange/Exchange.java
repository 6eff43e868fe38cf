package io.tracery.proxy.exchange;

import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, or one TCP connection. Confined to one event loop. It ends in exactly one fate:
 * {@link #end} refuses a second one, and every path of the data path leads there.
 *
 * <p>Clock: {@code startEpochNanos} is wall time; everything else is nanoseconds of the loop's monotonic clock.
 */
public final class Exchange {

    private static final @Nullable String[] NONE = {};

    private final Direction direction;
    private final String listener;
    private final long startEpochNanos;
    private final long startNanos;

    /** Most exchanges have one, and as many of them wait at once to be told of, their lists are small. */
    private List<Attempt> attempts = List.of();

    // Known once the request's head is.
    private Protocol protocol;
    private String method = "";
    private String path = "";
    private String authority = "";
    private String scheme = "";
    private @Nullable String pathTemplate;
    private @Nullable TraceContext trace;
    private long parentSpanId;
    private @Nullable String[] recordedHeaders = NONE;

    // Known once it is routed.
    private @Nullable Route route;
    private @Nullable Cluster cluster;

    // The caller on the inbound side; the endpoint's workload on the outbound side.
    private Workload peer = Workload.UNKNOWN;
    private String peerIdentity = "";
    private boolean mutualTls;

    private int status;
    private int grpcStatus = -1;
    private long bytesReceived;
    private long bytesSent;
    private long messagesReceived;
    private long messagesSent;
    private long endNanos;
    private @Nullable Fate fate;
    private int interventions;
    private String injected = "";
    private String limited = "";
    private String shed = "";
    private String detected = "";
    private @Nullable Attempt answered;
    private int hedges;

    public Exchange(Direction direction, String listener, Protocol protocol, long startEpochNanos, long startNanos) {
        this.direction = direction;
        this.listener = listener;
        this.protocol = protocol;
        this.startEpochNanos = startEpochNanos;
        this.startNanos = startNanos;
    }

    /**
     * @param requestPath without its query
     */
    public void request(Protocol spoken, String requestMethod, String requestPath, String host, String uriScheme) {
        protocol = spoken;
        method = requestMethod;
        path = requestPath;
        authority = host;
        scheme = uriScheme;
    }

    /**
     * @param own this exchange's place in its trace: its span id is the exchange's own
     * @param parent span id of the parent, 0 for a root
     */
    public void trace(TraceContext own, long parent) {
        trace = own;
        parentSpanId = parent;
    }

    /** @param values of the request headers that its observer wants, in that order, null where there is none */
    public void recordHeaders(@Nullable String[] values) {
        recordedHeaders = values;
    }

    public void routed(@Nullable Route matched) {
        route = matched;
    }

    public void cluster(@Nullable Cluster chosen) {
        cluster = chosen;
    }

    public void peer(Workload workload, String identity, boolean overMutualTls) {
        peer = workload;
        peerIdentity = identity;
        mutualTls = overMutualTls;
    }

    /** Begins the next attempt; the first carries the exchange's own span id upstream, a later one its own. */
    public Attempt nextAttempt(long spanId, long nowNanos) {
        Attempt attempt = new Attempt(attempts.size() + 1, spanId, nowNanos);
        attempts = attempts.isEmpty() ? List.of(attempt) : with(attempts, attempt);
        return attempt;
    }

    private static List<Attempt> with(List<Attempt> earlier, Attempt last) {
        List<Attempt> all = new ArrayList<>(earlier.size() + 1);
        all.addAll(earlier);
        all.add(last);
        return all;
    }

    /** Of attempts beside each other this one's answer is the client's. */
    public void answeredBy(Attempt attempt) {
        answered = attempt;
    }

    /** The attempt that decided: the one that answered, or the last. Null where there was none. */
    public @Nullable Attempt decisive() {
        return answered != null || attempts.isEmpty() ? answered : attempts.getLast();
    }

    /** Another endpoint is asked beside a slow one. */
    public void hedged() {
        hedges++;
    }

    /** Attempts that were begun beside another. */
    public int hedges() {
        return hedges;
    }

    public void intervene(Intervention intervention) {
        interventions |= intervention.bit();
    }

    /** @param what for the decision record, as a person would put it */
    public void intervene(Intervention intervention, String what) {
        intervene(intervention);
        injected = injected.isEmpty() ? what : injected + ", " + what;
    }

    /** The faults that were injected, empty where there were none. */
    public String injected() {
        return injected;
    }

    /** @param what it was held to, for the decision record */
    public void limited(String what) {
        limited = what;
    }

    /** The limit that refused it, empty where none did. */
    public String limited() {
        return limited;
    }

    /** @param why a cluster, or the proxy, had no place for it */
    public void shed(String why) {
        shed = why;
    }

    /** Why there was no place for it, empty where there was one. */
    public String shed() {
        return shed;
    }

    /** @param how its connection was found to speak what it does */
    public void detected(String how) {
        detected = how;
    }

    /** How its connection was found to speak what it does; empty where that was declared. */
    public String detected() {
        return detected;
    }

    public boolean intervened(Intervention intervention) {
        return (interventions & intervention.bit()) != 0;
    }

    /** What was intervened, each as {@link Intervention#bit} has it. */
    public int interventions() {
        return interventions;
    }

    public void status(int httpStatus) {
        status = httpStatus;
    }

    /** The canonical code, 0..16. */
    public void grpcStatus(int code) {
        grpcStatus = code;
    }

    public void received(long bytes) {
        bytesReceived += bytes;
    }

    public void sent(long bytes) {
        bytesSent += bytes;
    }

    /** Messages of a gRPC request. */
    public void receivedMessages(int more) {
        messagesReceived += more;
    }

    /** Messages of a gRPC response. */
    public void sentMessages(int more) {
        messagesSent += more;
    }

    /** @throws IllegalStateException when it has a fate already */
    public void end(Fate how, long nowNanos) {
        if (fate != null) {
            throw new IllegalStateException("ended twice: " + fate + ", then " + how);
        }
        fate = how;
        endNanos = nowNanos;
    }

    public boolean ended() {
        return fate != null;
    }

    public Direction direction() {
        return direction;
    }

    public String listener() {
        return listener;
    }

    public Protocol protocol() {
        return protocol;
    }

    public long startEpochNanos() {
        return startEpochNanos;
    }

    public long startNanos() {
        return startNanos;
    }

    public long durationNanos() {
        return endNanos - startNanos;
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public String authority() {
        return authority;
    }

    public String scheme() {
        return scheme;
    }

    /** @param template of the path, low in cardinality: empty where none is known */
    public void pathTemplate(String template) {
        pathTemplate = template;
    }

    /** Null while nobody asked for it. */
    public @Nullable String pathTemplate() {
        return pathTemplate;
    }

    /** Null where no head was ever understood. */
    public @Nullable TraceContext trace() {
        return trace;
    }

    public long parentSpanId() {
        return parentSpanId;
    }

    /** Empty, or a value or null for each header that its observer wants. */
    public @Nullable String[] recordedHeaders() {
        return recordedHeaders;
    }

    /** Null where no route matched, and for TCP. */
    public @Nullable Route route() {
        return route;
    }

    public @Nullable Cluster cluster() {
        return cluster;
    }

    public Workload peer() {
        return peer;
    }

    public String peerIdentity() {
        return peerIdentity;
    }

    public boolean mutualTls() {
        return mutualTls;
    }

    public List<Attempt> attempts() {
        return attempts;
    }

    /** The endpoint of the attempt that decided, or null where none was picked. */
    public @Nullable Endpoint endpoint() {
        Attempt decisive = decisive();
        return decisive == null ? null : decisive.endpoint();
    }

    /** HTTP status that the client saw, 0 where it saw none. */
    public int status() {
        return status;
    }

    /** -1 where there was none. */
    public int grpcStatus() {
        return grpcStatus;
    }

    /** Bytes of the request's body, or from the client of a TCP connection. */
    public long bytesReceived() {
        return bytesReceived;
    }

    /** Bytes of the response's body, or to the client of a TCP connection. */
    public long bytesSent() {
        return bytesSent;
    }

    /** Messages of the request; of gRPC only. */
    public long messagesReceived() {
        return messagesReceived;
    }

    /** Messages of the response; of gRPC only. */
    public long messagesSent() {
        return messagesSent;
    }

    /** Bytes a second since it began, of both bodies. */
    public double pace(long nowNanos) {
        return (bytesReceived + bytesSent) * 1e9 / Math.max(1, nowNanos - startNanos);
    }

    /** Null while it runs. */
    public @Nullable Fate fate() {
        return fate;
    }
}
