package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.tracery.proxy.upstream.Lease;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestBodyTest {

    private final List<ByteBuf> buffers = new ArrayList<>();
    private final Upstream upstream = new Upstream();

    @Test
    void sendsWhatWaitedInOrder() {
        RequestBody body = new RequestBody(100);
        body.add(piece("one"));
        body.add(last("two"));
        assertThat(body.writeTo(upstream)).isTrue();
        assertThat(written()).isEqualTo("onetwo");
        assertThat(body.complete()).isTrue();
        assertThat(body.allSent()).isTrue();
        assertThatNothingIsLeft(body);
    }

    @Test
    void sendsTheSameAgainAfterARewind() {
        RequestBody body = new RequestBody(100);
        body.add(piece("one"));
        body.writeTo(upstream);
        written();
        body.add(piece("two"));
        body.rewind();
        assertThat(body.allSent()).isFalse();
        body.add(last("three"));
        body.writeTo(upstream);
        assertThat(written()).isEqualTo("onetwothree");
        body.rewind();
        body.writeTo(upstream);
        assertThat(written()).isEqualTo("onetwothree");
        assertThatNothingIsLeft(body);
    }

    @Test
    void trailersComeAgainWithThePieceThatTheyFollow() {
        RequestBody body = new RequestBody(100);
        body.add(piece("one"));
        DefaultLastHttpContent last = new DefaultLastHttpContent(buffer("two"));
        last.trailingHeaders().set("x-sum", "3");
        body.add(last);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(body.writeTo(upstream)).isTrue();
            assertThat(upstream.written.getLast())
                    .isInstanceOfSatisfying(
                            LastHttpContent.class,
                            end -> assertThat(end.trailingHeaders().get("x-sum"))
                                    .isEqualTo("3"));
            assertThat(written()).isEqualTo("onetwo");
            body.rewind();
        }
        assertThatNothingIsLeft(body);
    }

    @Test
    void keepsNoMoreThanItMay() {
        RequestBody body = new RequestBody(5);
        body.add(piece("four"));
        body.writeTo(upstream);
        assertThat(body.replayable()).isTrue();
        body.add(piece("more"));
        body.writeTo(upstream);
        assertThat(body.replayable()).isFalse();
        assertThat(written()).isEqualTo("fourmore");
        assertThatNothingIsLeft(body);
    }

    @Test
    void saysWhenTooMuchWaits() {
        RequestBody body = new RequestBody(5);
        body.add(piece("four"));
        assertThat(body.full()).isFalse();
        body.add(piece("more"));
        assertThat(body.full()).isTrue();
        assertThatNothingIsLeft(body);
    }

    @Test
    void keepsNothingOnceTheAnswerHasBegun() {
        RequestBody body = new RequestBody(100);
        body.add(piece("one"));
        body.writeTo(upstream);
        body.forgetSent();
        assertThat(body.replayable()).isFalse();
        written();
        assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void manyTinyPiecesKeepLittleMoreThanTheirBytesWhileTheyWaitAndWhenTheyAreSent() {
        int pieces = 2_000;
        int readBuffer = 64 * 1024;
        UnpooledByteBufAllocator reads = new UnpooledByteBufAllocator(/* preferDirect= */ false);
        StringBuilder expected = new StringBuilder();
        RequestBody body = new RequestBody(10_000);
        upstream.writable = false;
        for (int i = 0; i < pieces; i++) {
            char c = (char) ('a' + i % 26);
            expected.append(c);
            ByteBuf read = reads.buffer(readBuffer).writeByte(c);
            body.add(new DefaultHttpContent(read.readSlice(1)));
            assertThat(body.writeTo(upstream)).isFalse();
        }
        body.add(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(reads.metric().usedHeapMemory()).isLessThan(5L * readBuffer);
        assertThat(body.full()).isFalse();

        upstream.writable = true;
        assertThat(body.writeTo(upstream)).isTrue();
        assertThat(written()).isEqualTo(expected.toString());
        assertThat(reads.metric().usedHeapMemory()).isLessThan(5L * readBuffer);
        body.rewind();
        assertThat(body.writeTo(upstream)).isTrue();
        assertThat(written()).isEqualTo(expected.toString());
        body.release();
        assertThat(reads.metric().usedHeapMemory()).isZero();
    }

    @Test
    void tinyPiecesThatAreSentAtOnceAreKeptTogether() {
        int readBuffer = 64 * 1024;
        UnpooledByteBufAllocator reads = new UnpooledByteBufAllocator(/* preferDirect= */ false);
        RequestBody body = new RequestBody(10_000);
        for (int i = 0; i < 2_000; i++) {
            ByteBuf read = reads.buffer(readBuffer).writeByte('x');
            body.add(new DefaultHttpContent(read.readSlice(1)));
            assertThat(body.writeTo(upstream)).isTrue();
            written();
        }
        assertThat(body.replayable()).isTrue();
        assertThat(reads.metric().usedHeapMemory()).isLessThan(5L * readBuffer);
        body.rewind();
        body.writeTo(upstream);
        assertThat(written()).isEqualTo("x".repeat(2_000));
        body.release();
        assertThat(reads.metric().usedHeapMemory()).isZero();
    }

    private void assertThatNothingIsLeft(RequestBody body) {
        written();
        body.release();
        assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
    }

    private HttpContent piece(String text) {
        return new DefaultHttpContent(buffer(text));
    }

    private HttpContent last(String text) {
        return new DefaultLastHttpContent(buffer(text));
    }

    private ByteBuf buffer(String text) {
        ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        buffers.add(buffer);
        return buffer;
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (HttpContent piece : upstream.written) {
            text.append(piece.content().toString(StandardCharsets.US_ASCII));
            piece.release();
        }
        upstream.written.clear();
        return text.toString();
    }

    /** Takes everything. */
    private static final class Upstream implements Lease {

        private final List<HttpContent> written = new ArrayList<>();
        private boolean writable = true;

        @Override
        public void write(HttpObject piece) {
            written.add((HttpContent) piece);
        }

        @Override
        public void flush() {}

        @Override
        public boolean writable() {
            return writable;
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public boolean reused() {
            return false;
        }

        @Override
        public long handshakeNanos() {
            return 0;
        }

        @Override
        public String peerIdentity() {
            return "";
        }

        @Override
        public void release() {}

        @Override
        public void close() {}
    }
}
