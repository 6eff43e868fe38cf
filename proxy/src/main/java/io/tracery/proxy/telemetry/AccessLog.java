package io.tracery.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The access log: a JSON object a line, its keys OpenTelemetry's names as in spans, with the trace's id, so that a line
 * leads to its trace. Exchanges of one trace are sampled alike in every sidecar. Confined to the exporter, but for
 * {@link #wants}.
 */
public final class AccessLog implements AutoCloseable {

    /** What its lines are counted as. */
    static final String SIGNAL = "access_log";

    private static final int MAX_TEXT = 1024;
    private static final int PERCENT = 100;

    private final int samplePercent;
    private final LineFile file;
    private final Account account = new Account(SIGNAL);
    private final AddressTexts addresses = new AddressTexts();
    private final StringBuilderWriter text = new StringBuilderWriter();
    private final JsonFactory json = new JsonFactory();

    public AccessLog(AccessLogConfig config) {
        this.samplePercent = config.samplePercent();
        this.file = new LineFile(config.path(), account);
    }

    /** What became of its lines. */
    Account account() {
        return account;
    }

    /** Any thread. */
    boolean wants(Exchange exchange) {
        if (exchange.fate() != Fate.SERVED || samplePercent == PERCENT) {
            return true;
        }
        TraceContext trace = exchange.trace();
        // The last bits of a trace id are random (W3C Trace Context level 2).
        return trace != null && Long.remainderUnsigned(trace.traceIdLow(), PERCENT) < samplePercent;
    }

    /** An exchange that was wanted could not be handed over. Any thread. */
    void missed() {
        account.refuse(DropReason.QUEUE_FULL, 1);
    }

    /** Adds an exchange's line to those that wait. */
    public void write(Exchange exchange) {
        account.accept(1);
        text.clear();
        try (JsonGenerator line = json.createGenerator(text)) {
            line.writeStartObject();
            fields(exchange, line);
            line.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a writer into memory does not fail", e);
        }
        file.add(text.content().append('\n'));
    }

    private void fields(Exchange exchange, JsonGenerator line) throws IOException {
        long nanos = exchange.startEpochNanos();
        line.writeStringField(
                "timestamp",
                Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000)
                        .toString());
        TraceContext trace = exchange.trace();
        if (trace != null) {
            line.writeStringField("trace_id", trace.traceIdHex());
            line.writeStringField("span_id", trace.spanIdHex());
        }
        text(line, Vocabulary.DIRECTION, exchange.direction().label());
        text(line, Vocabulary.PROTOCOL, exchange.protocol().label());
        text(line, Vocabulary.HTTP_METHOD, exchange.method());
        text(line, Vocabulary.URL_PATH, exchange.path());
        text(line, Vocabulary.SERVER_ADDRESS, exchange.authority());
        if (exchange.protocol() != Protocol.TCP) {
            text(line, Vocabulary.NETWORK_PROTOCOL_VERSION, exchange.protocol().version());
        }
        if (exchange.status() != 0) {
            line.writeNumberField(Vocabulary.HTTP_STATUS, exchange.status());
        }
        if (exchange.grpcStatus() >= 0) {
            text(line, Vocabulary.RPC_STATUS, GrpcStatusName.of(exchange.grpcStatus()));
        }
        Fate fate = exchange.fate();
        text(line, Vocabulary.FATE, fate == null ? "" : fate.label());
        line.writeNumberField("duration_ms", exchange.durationNanos() * 1e-6);
        line.writeNumberField(Vocabulary.BYTES_RECEIVED, exchange.bytesReceived());
        line.writeNumberField(Vocabulary.BYTES_SENT, exchange.bytesSent());
        peer(exchange, line);
        text(line, Vocabulary.HTTP_ROUTE, LabelProbe.templateOf(exchange));
        text(line, Vocabulary.ROUTE, LabelProbe.routeName(exchange));
        line.writeNumberField(Vocabulary.ATTEMPTS, exchange.attempts().size());
    }

    private void peer(Exchange exchange, JsonGenerator line) throws IOException {
        Workload peer = exchange.peer();
        text(line, Vocabulary.PEER_NAME, peer.name());
        text(line, Vocabulary.PEER_NAMESPACE, peer.namespace());
        text(line, Vocabulary.PEER_VERSION, peer.version());
        text(line, Vocabulary.PEER_IDENTITY, exchange.peerIdentity());
        @Nullable Endpoint endpoint = exchange.endpoint();
        if (endpoint != null) {
            text(line, Vocabulary.NETWORK_PEER_ADDRESS, addresses.of(endpoint).whole());
        }
        text(line, Vocabulary.TLS, exchange.mutualTls() ? Vocabulary.TLS_MUTUAL : Vocabulary.TLS_NONE);
    }

    /** What is empty is left out; what a client chose is cut. */
    private static void text(JsonGenerator line, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            line.writeStringField(key, SpanNames.cut(value, MAX_TEXT));
        }
    }

    /** Writes out what has gathered; called once a tick. */
    public void flush(long nowNanos) {
        file.flush(nowNanos);
    }

    @Override
    public void close() {
        file.close();
    }
}
