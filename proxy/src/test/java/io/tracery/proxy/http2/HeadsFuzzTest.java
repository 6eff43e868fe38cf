package io.tracery.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http1.Http1ClientCodec;
import io.tracery.proxy.http1.Http1Limits;
import io.tracery.proxy.http1.Http1ServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * No request is smuggled from one version of HTTP to the other: whatever an HTTP/2 client puts into its head becomes one HTTP/1
 * request that says the same, or none; and what HTTP/1 says comes back from HTTP/2 the same. Seeded; the heads are what a peer
 * could put into frames, not what a library would let it.
 */
class HeadsFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);
    private static final Http1Limits LIMITS = new Http1Limits(4096, 8192, 64);

    private static final List<String> METHODS =
            List.of("GET", "POST", "HEAD", "CONNECT", "OPTIONS", "get", "G T", "GET\r\n", "", "GET /x HTTP/1.1\r\nA:");
    private static final List<String> PATHS = List.of(
            "/",
            "/a?b=c",
            "*",
            "",
            "/a b",
            "/a\r\nX: y",
            "/ HTTP/1.1\r\nHost: evil\r\n\r\nGET /",
            "/\u007f",
            "/\u00e9",
            "a:1");
    private static final List<String> NAMES = List.of(
            "x-a",
            "X-B",
            "host",
            "cookie",
            "content-length",
            "transfer-encoding",
            "connection",
            "te",
            "upgrade",
            "a:b",
            "a b",
            "a\r\nb",
            "",
            "x\u0000",
            "keep-alive",
            "tracery-came-as",
            ":late");
    private static final List<String> VALUES = List.of(
            "1",
            "0",
            "chunked",
            "close",
            "trailers",
            "a\r\nX: y",
            "a\nb",
            "\u0000",
            " spaced ",
            "",
            "cart",
            "evil",
            "chunked, gzip",
            "5\r\n\r\nGET / HTTP/1.1",
            "\u00fc",
            "websocket");

    private final SplittableRandom random = new SplittableRandom(SEED);

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Http2Headers head() {
        Http2Headers head = new DefaultHttp2Headers(/* validate= */ false);
        head.method(random.nextInt(3) == 0 ? one(METHODS) : "GET");
        if (random.nextInt(8) != 0) {
            head.path(random.nextInt(3) == 0 ? one(PATHS) : "/");
        }
        if (random.nextInt(8) != 0) {
            head.scheme("http");
        }
        if (random.nextInt(4) != 0) {
            head.authority(random.nextInt(4) == 0 ? one(VALUES) : "cart");
        }
        if (random.nextInt(10) == 0) {
            head.set(":protocol", one(VALUES));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            head.add(one(NAMES), one(VALUES));
        }
        return head;
    }

    @Test
    void anHttp2HeadIsOneHttp1RequestOrNone() throws Exception {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Http2Headers head = head();
            HttpRequest request;
            try {
                request = unpacked(packed(head)).request(random.nextBoolean());
            } catch (Http2Exception refused) {
                assertThat(Http2Exception.isStreamError(refused)).isTrue();
                continue;
            }
            String before = said(request);
            List<String> read = overTheWire(request);
            assertThat(read).as("seed %d: %s", SEED, head).hasSizeLessThanOrEqualTo(1);
            if (!read.isEmpty()) {
                assertThat(read.getFirst()).as("seed %d: %s", SEED, head).isEqualTo(before);
                taken++;
            }
        }
        assertThat(taken).as("requests taken, so that the test is not empty").isGreaterThan(ROUNDS / 20);
    }

    /** What a server reads when our client's codec writes the head: requests, as text. What cannot be written is not. */
    private static List<String> overTheWire(HttpRequest request) {
        EmbeddedChannel client = new EmbeddedChannel(new Http1ClientCodec(LIMITS));
        EmbeddedChannel server = new EmbeddedChannel(new Http1ServerCodec(LIMITS));
        List<String> read = new ArrayList<>();
        try {
            client.write(request);
            client.write(LastHttpContent.EMPTY_LAST_CONTENT);
            client.flush();
            for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
                server.writeInbound(bytes);
            }
            for (Object piece = server.readInbound(); piece != null; piece = server.readInbound()) {
                if (piece instanceof HttpRequest one) {
                    read.add(said(one));
                }
                ReferenceCountUtil.release(piece);
            }
        } finally {
            try {
                client.checkException();
            } catch (RuntimeException unsayable) {
                // Said to the pipeline, as it should be.
                assertThat(unsayable).isInstanceOf(IllegalArgumentException.class);
            }
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
        }
        return read;
    }

    private static String said(HttpRequest request) {
        StringBuilder text = new StringBuilder();
        text.append(request.method()).append(' ').append(request.uri()).append('\n');
        for (Map.Entry<String, String> field : request.headers()) {
            text.append(field.getKey())
                    .append(": ")
                    .append(field.getValue().strip())
                    .append('\n');
        }
        return text.toString();
    }

    @Test
    void anHttp1HeadComesBackFromHttp2TheSame() throws Exception {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder("GET /a?b HTTP/1.1\r\nHost: cart\r\n");
            for (int i = random.nextInt(4); i > 0; i--) {
                text.append(one(NAMES)).append(": ").append(one(VALUES)).append("\r\n");
            }
            text.append("\r\n");
            EmbeddedChannel server = new EmbeddedChannel(new Http1ServerCodec(LIMITS));
            server.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            Object first = server.readInbound();
            if (first instanceof HttpRequest request) {
                ByteBuf block = packed(request);
                Http2Headers over = new DefaultHttp2HeadersDecoder(/* validateHeaders= */ false, 1 << 20)
                        .decodeHeaders(1, block.duplicate());
                for (Map.Entry<CharSequence, CharSequence> field : over) {
                    assertThat(field.getKey().toString())
                            .as("seed %d: %s", SEED, text)
                            .matches(":?[!#$%&'*+.^_`|~0-9a-z-]+")
                            .isNotIn("connection", "keep-alive", "transfer-encoding", "upgrade", "host");
                    assertThat(field.getValue().toString()).doesNotContain("\r", "\n", "\u0000");
                }
                // What HTTP/2 does not allow of it, the relay takes off before.
                if (request.headers().getAll("host").size() == 1
                        && !request.headers().contains("te")) {
                    HttpRequest back = unpacked(block).request(/* end= */ true);
                    assertThat(back.uri()).isEqualTo(request.uri());
                    assertThat(values(back.headers(), "x-a")).isEqualTo(values(request.headers(), "x-a"));
                    assertThat(values(back.headers(), "x-b")).isEqualTo(values(request.headers(), "x-b"));
                    assertThat(back.headers().get("host")).isEqualTo("cart");
                    taken++;
                }
            } else {
                ReferenceCountUtil.release(first);
            }
            server.finishAndReleaseAll();
        }
        assertThat(taken).as("requests taken, so that the test is not empty").isGreaterThan(ROUNDS / 20);
    }

    private static ByteBuf packed(Http2Headers head) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.ALWAYS_SENSITIVE).encodeHeaders(1, head, block);
        return block;
    }

    private static ByteBuf packed(HttpRequest request) {
        Heads.Packer packer = new Heads.Packer();
        packer.encoder.begin();
        packer.request(request, AsciiString.cached("http"), /* protocol= */ null);
        return Unpooled.copiedBuffer(packer.encoder.block(), 0, packer.encoder.length());
    }

    private static HeadBlock unpacked(ByteBuf block) throws Http2Exception {
        HeadBlock head = HeadBlock.empty(1, 1 << 20);
        new HpackDecoder().decode(block.array(), 0, block.writerIndex(), head);
        return head;
    }

    private static List<String> values(HttpHeaders headers, String name) {
        return headers.getAll(name).stream().map(String::strip).toList();
    }
}
