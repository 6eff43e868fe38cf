package io.tracery.shop.kv;

import io.tracery.shop.net.Application;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key-value store: in memory, a virtual thread per connection. Beyond its bounds the key that was touched longest ago
 * goes, and a connection too many is closed at once.
 */
public final class KvServer implements Application {

    private static final Logger log = LoggerFactory.getLogger(KvServer.class);
    private static final int MOST_KEYS = 20_000;
    private static final int MOST_CONNECTIONS = 512;
    private static final int IDLE_MILLIS = 30_000;
    private static final byte[] NOTHING = {};

    private final InetSocketAddress address;
    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Guarded by itself. */
    private final Map<String, byte[]> values = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
            return size() > MOST_KEYS;
        }
    };

    public KvServer(InetSocketAddress address) throws IOException {
        this.address = address;
        this.listening = new ServerSocket();
    }

    @Override
    public void start() throws IOException {
        listening.bind(address);
        Thread.ofVirtual().name("kv-accept").start(this::accept);
    }

    @Override
    public int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() {
        closeQuietly(listening);
        open.forEach(KvServer::closeQuietly);
        threads.shutdownNow();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                if (open.size() >= MOST_CONNECTIONS) {
                    log.warn("a connection too many, {} are open", open.size());
                    closeQuietly(socket);
                } else {
                    open.add(socket);
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    log.warn("kv could not accept", e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(IDLE_MILLIS);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String line = KvProtocol.readLine(in); line != null; line = KvProtocol.readLine(in)) {
                if (!obey(line.split(" ", -1), in, out)) {
                    return;
                }
            }
        } catch (SocketException e) {
            log.debug("a connection broke", e);
        } catch (IOException e) {
            log.warn("a connection ended: {}", e.getMessage());
        } finally {
            open.remove(socket);
        }
    }

    private boolean obey(String[] words, InputStream in, OutputStream out) throws IOException {
        switch (words[0] + words.length) {
            case "GET2" -> {
                byte[] value = value(words[1]);
                KvProtocol.write(
                        out, value == null ? "NONE" : "VALUE " + value.length, value == null ? NOTHING : value);
            }
            case "PUT3" -> {
                byte[] value = KvProtocol.readValue(in, words[2]);
                synchronized (values) {
                    values.put(words[1], value);
                }
                KvProtocol.write(out, "OK", NOTHING);
            }
            case "DEL2" -> {
                synchronized (values) {
                    values.remove(words[1]);
                }
                KvProtocol.write(out, "OK", NOTHING);
            }
            default -> {
                KvProtocol.write(out, "ERROR unknown command", NOTHING);
                return false;
            }
        }
        return true;
    }

    private byte @Nullable [] value(String key) {
        synchronized (values) {
            return values.get(key);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            log.debug("closing failed", e);
        }
    }
}
