package io.tracery.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codecs write, and that it is what the other end reads. */
class Http1CodecTest {

    private static final Http1Limits LIMITS = new Http1Limits(1024, 4096, 32);

    @Test
    void writesAHeadAndASmallBodyAsOneBuffer() {
        EmbeddedChannel channel = asked("GET");
        HttpHeaders headers = new DefaultHttpHeaders().set("content-length", 2);
        channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
        channel.write(new DefaultLastHttpContent(bytes("ok")));
        channel.flush();
        assertThat(out(channel)).containsExactly("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    }

    @Test
    void passesALargePieceOnWithoutACopy() {
        EmbeddedChannel channel = asked("GET");
        HttpHeaders headers = new DefaultHttpHeaders().set("transfer-encoding", "chunked");
        channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
        ByteBuf large = bytes("x".repeat(10_000));
        channel.write(new DefaultHttpContent(large));
        channel.write(new DefaultLastHttpContent(bytes("end"), new DefaultHttpHeaders().set("x-sum", "1")));
        channel.flush();
        List<Object> written = new ArrayList<>(channel.outboundMessages());
        assertThat(written).hasSize(3).element(1).isSameAs(large);
        assertThat(out(channel).getLast()).isEqualTo("\r\n3\r\nend\r\n0\r\nx-sum: 1\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD 200", "GET 204", "GET 304"})
    void writesNoBodyWhereNoneMayStand(String exchange) {
        EmbeddedChannel channel = asked(exchange.substring(0, exchange.indexOf(' ')));
        HttpResponseStatus status =
                HttpResponseStatus.valueOf(Integer.parseInt(exchange.substring(exchange.length() - 3)));
        channel.writeOutbound(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                bytes("no"),
                new DefaultHttpHeaders().set("content-length", 2),
                EmptyHttpHeaders.INSTANCE));
        assertThat(out(channel)).singleElement().asString().endsWith("content-length: 2\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\0", "a\r"})
    void writesNothingThatWouldBeginALineOfItsOwn(String value) {
        for (HttpObject message : List.of(
                new DefaultHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.GET, "/", unchecked().set("x-a", value)),
                new DefaultHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.GET, "/" + value, new DefaultHttpHeaders(), false))) {
            EmbeddedChannel channel = new EmbeddedChannel(new Http1ClientCodec(LIMITS));
            channel.pipeline().writeAndFlush(message);
            assertThat(channel.outboundMessages()).isEmpty();
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void writesWhatTheOtherEndReads() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 500; round++) {
            EmbeddedChannel client = new EmbeddedChannel(new Http1ClientCodec(LIMITS));
            int size = random.nextInt(3) * random.nextInt(9_000);
            boolean chunked = random.nextBoolean();
            HttpHeaders headers = new DefaultHttpHeaders().set("host", "a");
            headers.set(chunked ? "transfer-encoding" : "content-length", chunked ? "chunked" : size);
            client.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/p?q", headers));
            String body = "z".repeat(size);
            int first = size == 0 ? 0 : random.nextInt(size);
            client.write(new DefaultHttpContent(bytes(body.substring(0, first))));
            client.write(new DefaultLastHttpContent(bytes(body.substring(first))));
            client.flush();
            List<byte[]> wire = out(client).stream()
                    .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                    .toList();
            Transcript read = Transcript.of(new Http1ServerCodec(LIMITS), wire);
            assertThat(read.refusal()).isNull();
            assertThat(read.messages()).singleElement().asString().startsWith("POST /p?q HTTP/1.1\nhost: a\n");
            assertThat(read.messages().getFirst()).endsWith("\n\n" + body + "\n--\n\n");
        }
    }

    @Test
    void answersPipelinedRequestsByTheirOwnMethods() {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1ServerCodec(LIMITS));
        channel.writeInbound(bytes("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        for (int i = 0; i < 2; i++) {
            channel.writeOutbound(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    bytes("ok"),
                    new DefaultHttpHeaders().set("content-length", 2),
                    EmptyHttpHeaders.INSTANCE));
        }
        String head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
        assertThat(out(channel)).containsExactly(head, head + "ok");
        channel.finishAndReleaseAll();
    }

    /** A client's connection on which one request has come. */
    private static EmbeddedChannel asked(String method) {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1ServerCodec(LIMITS));
        channel.writeInbound(bytes(method.toUpperCase(Locale.ROOT) + " / HTTP/1.1\r\nHost: a\r\n\r\n"));
        channel.releaseInbound();
        return channel;
    }

    private static List<String> out(EmbeddedChannel channel) {
        List<String> texts = new ArrayList<>();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            texts.add(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return texts;
    }

    /** Headers that nobody checks but the codec. */
    private static HttpHeaders unchecked() {
        return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
