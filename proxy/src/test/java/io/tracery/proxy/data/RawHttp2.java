package io.tracery.proxy.data;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of an HTTP/2 connection that sends whatever it is told to, byte by byte (RFC 9113 section 4.1). */
final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /** Until a peer's settings say otherwise (RFC 9113 section 6.9.2). */
    static final int USUAL_WINDOW = 65_535;

    private static final int PATIENCE_MILLIS = 15_000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder heads = new DefaultHttp2HeadersDecoder(/* validateHeaders= */ false);

    /**
     * @param errorCode of RST_STREAM and GOAWAY, else 0
     * @param payload a character for a byte
     */
    record Frame(int type, int flags, int stream, int errorCode, String payload) {

        byte[] bytes() {
            return payload.getBytes(StandardCharsets.ISO_8859_1);
        }

        /** The first number of its payload: a window's growth, or the last stream of GOAWAY. */
        int number() {
            return ByteBuffer.wrap(bytes()).getInt();
        }

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    RawHttp2(InetSocketAddress address) throws IOException {
        this(new Socket(address.getAddress(), address.getPort()));
    }

    /** Goes on over HTTP/2 on a connection that was another protocol's. */
    RawHttp2(Socket socket) throws IOException {
        this(socket, PREFACE);
        out.write(frame(SETTINGS, 0, 0, new byte[0]));
    }

    private RawHttp2(Socket socket, byte[] preface) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out.write(preface);
    }

    /** The server's end. */
    static RawHttp2 server(Socket socket) throws IOException {
        RawHttp2 server = new RawHttp2(socket, frame(SETTINGS, 0, 0, new byte[0]));
        server.in.readNBytes(PREFACE.length);
        return server;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** GET http://cart/, packed with nothing but the static table (RFC 7541 appendix A). */
    static byte[] get() {
        return get("/");
    }

    /** GET http://cart and the path, of less than 127 characters. */
    static byte[] get(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 0x04, (byte) path.length()});
        block.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        block.writeBytes(new byte[] {0x01, 4});
        block.writeBytes("cart".getBytes(StandardCharsets.US_ASCII));
        return block.toByteArray();
    }

    /** A head of names and values in turn, each of less than 127 characters and spelt out (RFC 7541 section 6.2.2). */
    static byte[] head(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            block.write(fields[i].length());
            block.writeBytes(fields[i].getBytes(StandardCharsets.US_ASCII));
        }
        return block.toByteArray();
    }

    /** A head with no more than END_STREAM to say of itself. */
    void sendHead(int stream, int flags, String... fields) throws IOException {
        send(frame(HEADERS, flags | END_HEADERS, stream, head(fields)));
    }

    void sendData(int stream, int flags, String text) throws IOException {
        send(frame(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** What a head says. What it packs depends on those before it: to be asked of every one, in turn. */
    Http2Headers unpack(Frame head) throws Http2Exception {
        return heads.decodeHeaders(head.stream(), Unpooled.wrappedBuffer(head.bytes()));
    }

    void send(byte[] frame) throws IOException {
        out.write(frame);
    }

    /**
     * Sends it so often at once. What is sent after a connection was closed destroys what the other side had said last, so
     * that a flood is no larger than what it takes.
     */
    void flood(byte[] frame, int times) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(frame);
        }
        out.write(all.toByteArray());
    }

    /** As {@link #next}, where there must be one. */
    Frame expect(Integer... types) throws IOException {
        Frame frame = next(types);
        if (frame == null) {
            throw new EOFException("ended before a frame of type " + List.of(types));
        }
        return frame;
    }

    /** The next frame of one of these types, others being left out; null when the connection has ended. */
    @Nullable
    Frame next(Integer... types) throws IOException {
        while (true) {
            try {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (List.of(types).contains(type)) {
                    int errorCode = switch (type) {
                        case RST_STREAM -> ByteBuffer.wrap(payload).getInt();
                        case GOAWAY -> ByteBuffer.wrap(payload).getInt(4);
                        default -> 0;
                    };
                    return new Frame(type, flags, stream, errorCode, new String(payload, StandardCharsets.ISO_8859_1));
                }
            } catch (EOFException | SocketException e) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
