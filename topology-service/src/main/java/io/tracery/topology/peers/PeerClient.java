package io.tracery.topology.peers;

import io.tracery.topology.fleet.FleetCodec;
import io.tracery.topology.fleet.MeshEvent;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.graph.GraphShare;
import io.tracery.topology.graph.GraphShareCodec;
import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.history.HistoryStats;
import io.tracery.topology.history.WindowSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Asks another process for what it counted. Every method blocks; an answer that is not as it should be, or larger than a
 * quarter of the heap, is an {@link IOException}. Any thread.
 */
public final class PeerClient implements AutoCloseable {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);
    private static final Duration SHARE_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    private final long mostBytes;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WITHIN)
            .build();

    public PeerClient() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    /** @param mostBytes of one answer */
    PeerClient(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    GraphShare graph(String address, GraphSharing.Known known) throws IOException {
        String query = "?epoch=" + known.epoch() + "&after=" + known.version();
        return decoded(address, GraphShareCodec::read, get(address, PeerEndpoints.GRAPH + query, SHARE_WITHIN));
    }

    void windows(String address, PeerWire.Question question, WindowSource.Sink sink) throws IOException {
        byte[] answer = ask(
                address,
                HttpRequest.newBuilder(URI.create("http://" + address + PeerEndpoints.WINDOWS))
                        .timeout(ANSWER_WITHIN)
                        .POST(BodyPublishers.ofByteArray(PeerWire.question(question))));
        decoded(
                address,
                bytes -> {
                    PeerWire.readWindows(bytes, sink);
                    return bytes;
                },
                answer);
    }

    HistoryStats stats(String address) throws IOException {
        return decoded(address, PeerWire::readStats, get(address, PeerEndpoints.STATS, SHARE_WITHIN));
    }

    List<ProxyReport> proxies(String address) throws IOException {
        return decoded(
                address,
                bytes -> PeerWire.readList(bytes, FleetCodec::readProxy),
                get(address, PeerEndpoints.PROXIES, SHARE_WITHIN));
    }

    List<MeshEvent> events(String address, long from, long to) throws IOException {
        return decoded(
                address,
                bytes -> PeerWire.readList(bytes, FleetCodec::readEvent),
                get(address, PeerEndpoints.EVENTS + "?from=" + from + "&to=" + to, ANSWER_WITHIN));
    }

    private byte[] get(String address, String path, Duration within) throws IOException {
        return ask(
                address,
                HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(within));
    }

    private byte[] ask(String address, HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<byte[]> answer =
                    client.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
            if (answer.statusCode() != 200) {
                throw new IOException(address + " answers " + answer.statusCode() + ": "
                        + new String(answer.body(), StandardCharsets.UTF_8));
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    /** Reads bytes. */
    private interface Decoding<T> {
        T from(byte[] bytes);
    }

    private static <T> T decoded(String address, Decoding<T> decoding, byte[] bytes) throws IOException {
        try {
            return decoding.from(bytes);
        } catch (IllegalArgumentException e) {
            throw new IOException(address + " answers in a way that this version cannot read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
