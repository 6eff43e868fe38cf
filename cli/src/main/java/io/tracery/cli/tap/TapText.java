package io.tracery.cli.tap;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Ink;
import io.tracery.cli.text.Printable;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import java.util.Locale;

/** An exchange as a line. */
final class TapText {

    private static final int TIME = 12;
    /** Duration, attempts, and the gaps between all. */
    private static final int REST = 20;

    private static final int TRACE = 34;
    private static final int LEAST_WHAT_BESIDE_TRACE = 20;
    private static final int LEAST_WHAT = 10;
    private static final int MOST_WHAT = 60;
    private static final int WIDE = 140;
    private static final String SERVED = "served";

    private final Screen screen;
    private final int ends;
    private final int status;
    private final int what;
    private final boolean trace;

    TapText(Screen screen) {
        this.screen = screen;
        boolean wide = screen.columns() >= WIDE;
        this.ends = wide ? 25 : 20;
        this.status = wide ? 17 : 13;
        int room = screen.columns() - TIME - ends - status - REST;
        this.trace = room - TRACE >= LEAST_WHAT_BESIDE_TRACE;
        this.what = Math.clamp(trace ? room - TRACE : room, LEAST_WHAT, MOST_WHAT);
    }

    String line(JsonNode exchange) {
        String fate = exchange.path("tracery.fate").asText();
        int attempts = exchange.path("tracery.attempts").asInt(1);
        String line = time(exchange.path("timestamp").asText()) + "  " + padded(ends(exchange), ends) + "  "
                + padded(what(exchange), what) + "  "
                + health(exchange).paint(padded(status(exchange, fate), status), screen.colours())
                + String.format(
                        Locale.ROOT,
                        "  %8s",
                        Figures.latency(exchange.path("duration_ms").asDouble()))
                + (attempts > 1 ? "  ×" + attempts : trace ? "    " : "")
                + (trace ? "  " + exchange.path("trace_id").asText() : "");
        return line.stripTrailing();
    }

    /** Who saw it, and whom it came from or went to. */
    private static String ends(JsonNode exchange) {
        String peer = exchange.path("service.peer.name").asText("");
        String own = exchange.path("workload").asText();
        boolean outbound = exchange.path("direction").asText().equals("outbound");
        return own + (outbound ? " → " : " ← ") + (peer.isEmpty() ? (outbound ? "?" : "outside") : peer);
    }

    private static String what(JsonNode exchange) {
        String method = exchange.path("rpc.method").asText("");
        if (!method.isEmpty()) {
            return method;
        }
        String path = exchange.path("url.path").asText("");
        return path.isEmpty()
                ? exchange.path("name").asText()
                : exchange.path("http.request.method").asText() + " " + path;
    }

    private static String status(JsonNode exchange, String fate) {
        String code = exchange.path("rpc.response.status_code").asText("");
        if (code.isEmpty()) {
            code = exchange.path("http.response.status_code").asText("");
        }
        return (code + (fate.equals(SERVED) ? "" : " " + fate.replace('_', ' '))).strip();
    }

    private static Ink health(JsonNode exchange) {
        return exchange.path("tracery.fate").asText().equals(SERVED) ? Ink.PLAIN : Ink.FAILING;
    }

    /** Of an ISO time the clock, to the millisecond. */
    private static String time(String iso) {
        int t = iso.indexOf('T');
        String clock = t < 0 ? iso : iso.substring(t + 1).replace("Z", "");
        return padded(clock.contains(".") ? clock : clock + ".", TIME, '0');
    }

    private static String padded(String text, int width) {
        return padded(text, width, ' ');
    }

    private static String padded(String text, int width, char with) {
        String shown = with == ' '
                ? Table.shorten(Printable.of(text), width)
                : text.substring(0, Math.min(text.length(), width));
        return shown + String.valueOf(with).repeat(width - shown.length());
    }
}
