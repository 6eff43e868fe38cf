package io.tracery.shop.kv;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A connection to the key-value store, for one thread and a few commands. */
public final class KvConnection implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    /** @throws IOException when the store cannot be reached within ten seconds */
    public KvConnection(InetSocketAddress address) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, DEADLINE_MILLIS);
            socket.setSoTimeout(DEADLINE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** @param key without spaces, at most 200 bytes */
    public Optional<String> read(String key) throws IOException {
        KvProtocol.write(out, "GET " + key, new byte[0]);
        String[] answer = answer().split(" ", -1);
        return switch (answer[0]) {
            case "VALUE" -> Optional.of(new String(KvProtocol.readValue(in, answer[1]), StandardCharsets.UTF_8));
            case "NONE" -> Optional.empty();
            default -> throw new IOException("kv answered " + String.join(" ", answer));
        };
    }

    public void put(String key, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        KvProtocol.write(out, "PUT " + key + " " + bytes.length, bytes);
        expectOk();
    }

    public void delete(String key) throws IOException {
        KvProtocol.write(out, "DEL " + key, new byte[0]);
        expectOk();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void expectOk() throws IOException {
        String answer = answer();
        if (!answer.equals("OK")) {
            throw new IOException("kv answered " + answer);
        }
    }

    private String answer() throws IOException {
        String line = KvProtocol.readLine(in);
        if (line == null) {
            throw new IOException("kv closed the connection without an answer");
        }
        return line;
    }
}
