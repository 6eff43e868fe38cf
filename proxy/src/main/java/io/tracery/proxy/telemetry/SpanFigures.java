package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.Template;
import io.tracery.tracing.otlp.TracesEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a span: bytes, and where the time went. The same few attributes nearly each time, written as one piece with
 * blanks. A stage that took next to no time is not told of.
 */
final class SpanFigures {

    private static final List<Key> STAGES =
            List.of(SpanKeys.STAGE_QUEUE, SpanKeys.STAGE_CONNECT, SpanKeys.STAGE_FIRST_BYTE, SpanKeys.STAGE_TRANSFER);

    private static final int FIRST_STAGE = 2;

    /** A shorter stage explains nothing to anybody, and would cost a twentieth of a span's bytes. */
    private static final long LEAST_MICROS = 10;

    private final TracesEncoder out;
    /** By which stages took time, a bit each. */
    private final @Nullable Template[] templates = new @Nullable Template[1 << STAGES.size()];

    // Of the exchange that is being written.
    private final long[] micros = new long[STAGES.size()];
    private int stages;

    SpanFigures(TracesEncoder out) {
        this.out = out;
    }

    void write(Exchange exchange) {
        reckon(exchange);
        seldom(exchange);
        long received = exchange.bytesReceived();
        long sent = exchange.bytesSent();
        long all = received | sent;
        int told = 0;
        for (int i = 0; i < stages; i++) {
            all |= micros[i];
            told |= micros[i] < LEAST_MICROS ? 0 : 1 << i;
        }
        if ((all & ~TracesEncoder.MOST_IN_BLANK) != 0) {
            writeLarge(received, sent, told);
            return;
        }
        Template template = template(told);
        int at = out.write(template);
        out.fill(at, template, 0, received);
        out.fill(at, template, 1, sent);
        int blank = FIRST_STAGE;
        for (int i = 0; i < stages; i++) {
            if ((told & 1 << i) != 0) {
                out.fill(at, template, blank++, micros[i]);
            }
        }
    }

    /** What only gRPC, or the first request on a connection, has. */
    private void seldom(Exchange exchange) {
        if (exchange.protocol() == Protocol.GRPC) {
            out.attribute(SpanKeys.MESSAGES_RECEIVED, exchange.messagesReceived());
            out.attribute(SpanKeys.MESSAGES_SENT, exchange.messagesSent());
        }
        Attempt last = exchange.decisive();
        if (last != null && last.tlsNanos() > 0) {
            out.attribute(SpanKeys.STAGE_TLS, last.tlsNanos() / 1_000);
        }
    }

    /** Of several attempts the one that decided counts, the earlier ones as waiting. Stages add up to the whole. */
    private void reckon(Exchange exchange) {
        stages = 0;
        Attempt last = exchange.decisive();
        if (last == null) {
            return;
        }
        long beforeLast = last.startNanos() - exchange.startNanos();
        long sinceLast = exchange.durationNanos() - beforeLast;
        stage(beforeLast);
        boolean connected = last.connectionReused() || last.connectNanos() > 0 || last.firstByteNanos() > 0;
        if (!connected) {
            stage(sinceLast);
            return;
        }
        stage(last.connectNanos());
        if (last.firstByteNanos() == 0) {
            stage(sinceLast - last.connectNanos());
            return;
        }
        stage(last.firstByteNanos() - last.connectNanos());
        stage(sinceLast - last.firstByteNanos());
    }

    private void stage(long nanos) {
        micros[stages++] = nanos / 1_000;
    }

    /** Connections of tens of gigabytes or of half a day. */
    private void writeLarge(long received, long sent, int told) {
        out.attribute(SpanKeys.BYTES_RECEIVED, received);
        out.attribute(SpanKeys.BYTES_SENT, sent);
        for (int i = 0; i < stages; i++) {
            if ((told & 1 << i) != 0) {
                out.attribute(STAGES.get(i), micros[i]);
            }
        }
    }

    private Template template(int told) {
        Template known = templates[told];
        if (known != null) {
            return known;
        }
        int mark = out.mark();
        out.blank(SpanKeys.BYTES_RECEIVED);
        out.blank(SpanKeys.BYTES_SENT);
        for (int i = 0; i < STAGES.size(); i++) {
            if ((told & 1 << i) != 0) {
                out.blank(STAGES.get(i));
            }
        }
        Template made = out.takeTemplate(mark);
        templates[told] = made;
        return made;
    }
}
