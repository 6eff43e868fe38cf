package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.context.TraceContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proxy that nobody is to notice leaves as it was: compared byte by byte, so that nothing can be added unseen. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class TransparencyTest {

    private static final String END = "\r\n\r\n";

    private static final String REQUEST = String.join(
            "\r\n",
            "POST /Items/%7Eme/../a//b?b=2&a=1&&c=%2f HTTP/1.1",
            "X-Zebra: 1",
            "hOsT: cart",
            "accept: */*",
            "X-Apple: one",
            "COOKIE: a=1; b=2",
            "x-zebra: 2",
            "X-Apple: one",
            "User-Agent: Test/1.0 (a;  b)",
            "Via: 1.0 earlier",
            "X-Forwarded-For: 192.0.2.1",
            "Content-Length: 4",
            "cookie: c=3",
            "x_Under.score~: caf\u00e9, \"quoted\"",
            "X-Empty: ");

    private static final String ANSWER = String.join(
            "\r\n",
            "HTTP/1.1 201 Created",
            "Set-Cookie: a=1",
            "ETAG: W/\"1\"",
            "content-type: text/plain",
            "Set-Cookie: b=2",
            "X-One: 1",
            "sEt-CoOkIe: a=1",
            "Server: application/1",
            "Content-Length: 2",
            "x-one: 2");

    private static final TestCa CA = new TestCa();

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void aRequestArrivesAsItWasSentButForItsTrace() throws Exception {
        try (RawServer backend = new RawServer(socket -> answer(socket, ANSWER + END + "ok"));
                TestProxy proxy = proxy(backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(REQUEST + END + "body");
            assertThat(client.bytes((ANSWER + END).length())).isEqualTo(ANSWER + END);
            assertThat(client.bytes(2)).isEqualTo("ok");
            assertThat(requests.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(REQUEST + "\r\ntraceparent: " + traceparent(proxy, "03") + END + "body");
        }
    }

    @Test
    void aTraceThatIsThereIsContinuedInItsPlace() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String before = "GET / HTTP/1.1\r\nHost: cart\r\nTraceParent: ";
        String after = "\r\ntracestate: vendor=1\r\nX-Last: 1" + END;
        try (RawServer backend = new RawServer(socket -> answer(socket, "HTTP/1.1 204 No Content" + END));
                TestProxy proxy = proxy(backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(before + "00-" + trace + "-b7ad6b7169203331-01" + after);
            assertThat(client.head()).startsWith("HTTP/1.1 204");
            assertThat(requests.poll(10, TimeUnit.SECONDS)).isEqualTo(before + traceparent(proxy, "01") + after);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 299 Alles gut\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 404 Not Found\r\nX-Tracery-Fate: of the application\r\nContent-Length: 4\r\n\r\nnone",
                "HTTP/1.1 500 Broken\r\nVia: 1.1 somebody\r\nContent-Length: 1\r\nVia: 1.1 else\r\n\r\n!",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n",
            })
    void anAnswerArrivesAsItWasSent(String answer) throws Exception {
        try (RawServer backend = new RawServer(socket -> answer(socket, answer));
                TestProxy proxy = proxy(backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.1\r\nHost: cart" + END);
                assertThat(client.bytes(answer.length())).isEqualTo(answer);
            }
            proxy.log.ended(2);
        }
    }

    /** Between sidecars there is HTTP/2, which has small letters and a place of its own for some of it. */
    @Test
    void twoSidecarsAddAndReorderNothingEither() throws Exception {
        try (RawServer backend = new RawServer(socket -> answer(socket, ANSWER + END + "ok"));
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("cart"))
                        .serving(
                                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("app")),
                                Mesh.cluster("app", UpstreamProtocol.HTTP1, backend.address()));
                TestProxy outbound = new TestProxy()
                        .with(CA.identity("front"))
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.send(REQUEST + END + "body");
            assertSameLines(head(client.socket.getInputStream()), ANSWER);
            assertSameLines(
                    Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS)),
                    REQUEST.replace("COOKIE: a=1; b=2", "COOKIE: a=1; b=2; c=3").replace("\r\ncookie: c=3", "")
                            + "\r\ntraceparent: " + traceparent(inbound, "03") + END + "body");
        }
    }

    private static void assertSameLines(String actual, String expected) {
        List<String> lines = lines(actual).toList();
        assertThat(lines).containsExactlyInAnyOrderElementsOf(lines(expected).toList());
        assertThat(lines.stream().filter(TransparencyTest::inOrder))
                .containsExactlyElementsOf(
                        lines(expected).filter(TransparencyTest::inOrder).toList());
    }

    private static Stream<String> lines(String message) {
        return message.toLowerCase(Locale.ROOT).lines().filter(line -> !line.isEmpty());
    }

    private static boolean inOrder(String line) {
        return Stream.of("host:", "cookie:", "content-length:", "traceparent:").noneMatch(line::startsWith);
    }

    private static String traceparent(TestProxy proxy, String flags) {
        TraceContext own = Objects.requireNonNull(proxy.log.only().trace());
        return "00-" + own.traceIdHex() + "-" + own.spanIdHex() + "-" + flags;
    }

    private void answer(Socket socket, String answer) throws IOException {
        InputStream in = socket.getInputStream();
        while (true) {
            String head = head(in);
            String body = head.startsWith("POST") ? new String(in.readNBytes(4), StandardCharsets.ISO_8859_1) : "";
            requests.add(head + body);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** The bytes of a head as they are. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith(END)) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after " + head);
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static TestProxy proxy(InetSocketAddress backend) {
        return new TestProxy()
                .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend));
    }
}
