package io.tracery.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 3_000);
    private static final int RECORD_HEADER = 5;

    @ParameterizedTest
    @ValueSource(strings = {"db.example.com", "a", "Mixed.Example.COM", "xn--bcher-kva.example"})
    void readsTheNameOfARealHello(String name) throws Exception {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            ClientHello read = ClientHello.in(Unpooled.wrappedBuffer(hello(version, name)));
            assertThat(read.known()).isTrue();
            assertThat(read.serverName()).isEqualTo(name.toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void aHelloThatAsksForNobodyIsKnownAtItsEnd() throws Exception {
        byte[] hello = hello("TLSv1.3", null);
        ClientHello read = ClientHello.in(Unpooled.wrappedBuffer(hello));
        assertThat(read.known()).isTrue();
        assertThat(read.serverName()).isEmpty();
        assertThat(ClientHello.in(Unpooled.wrappedBuffer(hello, 0, hello.length - 1))
                        .known())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100})
    void aHelloMayBeSpreadOverRecords(int size) throws Exception {
        byte[] hello = hello("TLSv1.3", "db.example.com");
        ByteBuf spread = Unpooled.buffer();
        for (int at = RECORD_HEADER; at < hello.length; at += size) {
            int length = Math.min(size, hello.length - at);
            spread.writeBytes(hello, 0, 3).writeShort(length).writeBytes(hello, at, length);
        }
        assertThat(ClientHello.in(spread).serverName()).isEqualTo("db.example.com");
        assertThat(spread.readerIndex()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "\u0016\u0002", "\u0015\u0003\u0003\u0000\u0002", "\u0016\u0003\u0001\u0000\u0000"})
    void whatIsNoTlsIsKnownAtOnce(String bytes) {
        ByteBuf in = Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1);
        assertThat(ClientHello.in(in).known()).isTrue();
        assertThat(ClientHello.in(in).serverName()).isEmpty();
    }

    @Test
    void aHelloWithoutEndIsGivenUp() {
        ByteBuf endless = Unpooled.buffer();
        endless.writeBytes(new byte[] {0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 0xfc});
        // One extension, which is as long as all of them.
        endless.writeBytes(new byte[38]).writeShort(0x3fd4).writeShort(1).writeShort(0x3fd0);
        while (endless.readableBytes() < ClientHello.LONGEST) {
            endless.writeByte(1);
        }
        assertThat(ClientHello.in(endless).known()).isFalse();
        endless.writeByte(1);
        assertThat(ClientHello.in(endless).known()).isTrue();
    }

    @Test
    void aNameInAnExtensionThatIsLongerThanItsMessageIsNone() throws Exception {
        byte[] hello = hello("TLSv1.2", "db.example.com");
        String tooLong = HexFormat.of().formatHex(hello).replace("0000001300110000", "0000011301110000");
        ClientHello read = ClientHello.in(Unpooled.wrappedBuffer(HexFormat.of().parseHex(tooLong)));
        assertThat(read.known()).isTrue();
        assertThat(read.serverName()).isEmpty();
    }

    /** It is what a plainer reader finds, and Netty, which overlooks lengths that do not fit, finds no other. */
    @Test
    void findsTheNameInHellosThatWereTamperedWith() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<byte[]> hellos =
                List.of(hello("TLSv1.2", "db.example.com"), hello("TLSv1.3", "db.example.com"), hello("TLSv1.3", null));
        int names = 0;
        int plain = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = hellos.get(random.nextInt(hellos.size())).clone();
            for (int i = random.nextInt(4); i > 0; i--) {
                bytes[random.nextInt(random.nextBoolean() ? bytes.length : 64)] = (byte) random.nextInt(256);
            }
            String about = "seed %d, round %d: %s"
                    .formatted(SEED, round, HexFormat.of().formatHex(bytes));
            ClientHello whole = ClientHello.in(Unpooled.wrappedBuffer(bytes));
            if (isWhole(bytes)) {
                plain++;
                assertThat(whole.serverName()).as(about).isEqualTo(plainly(bytes));
                if (!whole.serverName().isEmpty()) {
                    names++;
                    assertThat(byNetty(bytes)).as(about).isEqualTo(whole.serverName());
                }
            }
            // However it is cut, a verdict that was given is that of the whole.
            ByteBuf part = Unpooled.wrappedBuffer(bytes, 0, random.nextInt(bytes.length));
            ClientHello early = ClientHello.in(part);
            assertThat(part.readerIndex()).isZero();
            if (early.known()) {
                assertThat(early.serverName()).as(about).isEqualTo(whole.serverName());
            }
        }
        assertThat(plain).isGreaterThan(ROUNDS / 2);
        assertThat(names).isBetween(ROUNDS / 4, plain - ROUNDS / 4);
    }

    /** One record with one message in it: then both readers have seen all that there is. */
    private static boolean isWhole(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        int record = in.getUnsignedShort(3);
        return record == bytes.length - RECORD_HEADER && in.getUnsignedMedium(6) <= record - 4;
    }

    private static String plainly(byte[] bytes) {
        try {
            ByteBuffer record = ByteBuffer.wrap(bytes);
            int tls = record.getShort();
            ByteBuffer message = record.position(RECORD_HEADER).slice();
            int typeAndLength = message.getInt();
            if (tls != 0x1603 || typeAndLength >> 24 != 1) {
                return "";
            }
            ByteBuffer hello = part(message, typeAndLength & 0xffffff);
            part(hello, 34);
            part(hello, hello.get() & 0xff);
            part(hello, hello.getShort() & 0xffff);
            part(hello, hello.get() & 0xff);
            ByteBuffer extensions = part(hello, hello.getShort() & 0xffff);
            while (!hello.hasRemaining()) {
                int extension = extensions.getShort();
                ByteBuffer content = part(extensions, extensions.getShort() & 0xffff);
                if (extension == 0) {
                    ByteBuffer names = part(content, content.getShort() & 0xffff);
                    int kind = names.get();
                    ByteBuffer name = part(names, names.getShort() & 0xffff);
                    String text = StandardCharsets.ISO_8859_1.decode(name).toString();
                    boolean fits = kind == 0 && !content.hasRemaining() && text.matches("[A-Za-z0-9._-]{1,253}");
                    return fits ? text.toLowerCase(Locale.ROOT) : "";
                }
            }
        } catch (BufferUnderflowException e) {
            // Something says that it is longer than what it is in.
        }
        return "";
    }

    private static ByteBuffer part(ByteBuffer of, int length) {
        if (length > of.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = of.slice(of.position(), length);
        of.position(of.position() + length);
        return part;
    }

    private static String byNetty(byte[] bytes) {
        AtomicReference<String> found = new AtomicReference<>("");
        EmbeddedChannel channel = new EmbeddedChannel(new AbstractSniHandler<Void>() {
            @Override
            protected Future<Void> lookup(ChannelHandlerContext ctx, String hostname) {
                found.set(hostname == null ? "" : hostname);
                return ctx.executor().newSucceededFuture(null);
            }

            @Override
            protected void onLookupComplete(ChannelHandlerContext ctx, String hostname, Future<Void> future) {}
        });
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            channel.finishAndReleaseAll();
        } catch (DecoderException e) {
            return found.get(); // What it makes of the rest is of no account.
        }
        return found.get();
    }

    private static byte[] hello(String version, @Nullable String name) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name.getBytes(StandardCharsets.US_ASCII))));
        }
        engine.setSSLParameters(parameters);
        return wrapped(engine);
    }

    private static byte[] wrapped(SSLEngine engine) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }
}
