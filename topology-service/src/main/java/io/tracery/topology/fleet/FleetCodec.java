package io.tracery.topology.fleet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys and values of proxies and events, in the store that holds the windows, too. */
public final class FleetCodec {

    private static final byte PROXIES = 110;
    private static final byte EVENTS = 111;
    private static final byte FORMAT = 1;
    /** Format 1, and then what balancers make of endpoints. */
    private static final byte FORMAT_BALANCED = 2;
    /** Format 1, then both of what may be absent, each behind whether it is there: of endpoints, and of undeclared ports. */
    private static final byte FORMAT_UNDECLARED = 3;

    private FleetCodec() {}

    static byte[] proxyKey(String instance) {
        return key(PROXIES, 0, instance);
    }

    static byte[] proxiesFrom() {
        return key(PROXIES, 0, "");
    }

    static byte[] proxiesTo() {
        return key(PROXIES, 1, "");
    }

    static byte[] eventKey(long time, String name) {
        return key(EVENTS, time, name);
    }

    static byte[] eventsFrom(long time) {
        return key(EVENTS, Math.max(0, time), "");
    }

    private static byte[] key(byte kind, long time, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + Long.BYTES + text.length)
                .put(kind)
                .putLong(time)
                .put(text)
                .array();
    }

    public static byte[] write(ProxyReport report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            BalancedEndpoints balanced = report.balanced();
            UndeclaredPorts undeclared = report.undeclared();
            out.writeByte(undeclared != null ? FORMAT_UNDECLARED : balanced != null ? FORMAT_BALANCED : FORMAT);
            out.writeUTF(report.instance());
            out.writeUTF(report.node());
            out.writeUTF(report.version());
            out.writeUTF(report.identity());
            out.writeLong(report.startMillis());
            out.writeLong(report.timeMillis());
            for (Long value : new Long[] {
                report.configurationVersion(),
                report.configurationMillis(),
                report.certificateIssued(),
                report.certificateExpires(),
                report.droppedSpans(),
                report.droppedMetrics(),
                report.overBudget()
            }) {
                out.writeLong(value == null ? Long.MIN_VALUE : value);
            }
            if (undeclared != null) {
                out.writeBoolean(balanced != null);
            }
            if (balanced != null) {
                write(balanced, out);
            }
            if (undeclared != null) {
                write(undeclared, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void write(BalancedEndpoints balanced, DataOutputStream out) throws IOException {
        out.writeLong(balanced.timeMillis());
        out.writeLong(balanced.omitted());
        out.writeByte(balanced.endpoints().size());
        for (BalancedEndpoints.Endpoint one : balanced.endpoints()) {
            out.writeUTF(one.node());
            out.writeUTF(one.version());
            out.writeUTF(one.cluster());
            out.writeUTF(one.address());
            out.writeDouble(one.costSeconds());
            out.writeLong(one.inFlight());
            out.writeUTF(one.ejected());
        }
    }

    private static BalancedEndpoints readBalanced(DataInputStream in) throws IOException {
        long time = in.readLong();
        long omitted = in.readLong();
        int size = in.readByte();
        List<BalancedEndpoints.Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            endpoints.add(new BalancedEndpoints.Endpoint(
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readDouble(),
                    in.readLong(),
                    in.readUTF()));
        }
        return new BalancedEndpoints(time, List.copyOf(endpoints), omitted);
    }

    private static void write(UndeclaredPorts undeclared, DataOutputStream out) throws IOException {
        out.writeLong(undeclared.timeMillis());
        out.writeLong(undeclared.omitted());
        out.writeByte(undeclared.ports().size());
        for (UndeclaredPorts.Port port : undeclared.ports()) {
            out.writeUTF(port.listener());
            out.writeLong(port.waitMillis());
            out.writeByte(port.connections().size());
            for (Map.Entry<String, Long> spoken : port.connections().entrySet()) {
                out.writeUTF(spoken.getKey());
                out.writeLong(spoken.getValue());
            }
        }
    }

    private static UndeclaredPorts readUndeclared(DataInputStream in) throws IOException {
        long time = in.readLong();
        long omitted = in.readLong();
        int size = in.readByte();
        List<UndeclaredPorts.Port> ports = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String listener = in.readUTF();
            long wait = in.readLong();
            Map<String, Long> connections = new TreeMap<>();
            for (int spoken = in.readByte(); spoken > 0; spoken--) {
                connections.put(in.readUTF(), in.readLong());
            }
            ports.add(new UndeclaredPorts.Port(listener, connections, wait));
        }
        return new UndeclaredPorts(time, List.copyOf(ports), omitted);
    }

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write(ProxyReport)} */
    public static ProxyReport readProxy(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format < FORMAT || format > FORMAT_UNDECLARED) {
                throw new IllegalArgumentException("a proxy of format " + format + ", not " + FORMAT_UNDECLARED);
            }
            return new ProxyReport(
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readLong(),
                    in.readLong(),
                    readLong(in),
                    readLong(in),
                    readLong(in),
                    readLong(in),
                    readLong(in),
                    readLong(in),
                    readLong(in),
                    format == FORMAT_BALANCED || (format == FORMAT_UNDECLARED && in.readBoolean())
                            ? readBalanced(in)
                            : null,
                    format == FORMAT_UNDECLARED ? readUndeclared(in) : null);
        } catch (IOException e) {
            throw new IllegalArgumentException("a proxy is cut short", e);
        }
    }

    public static byte[] write(MeshEvent event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(event.t());
            out.writeUTF(event.kind());
            out.writeUTF(event.action());
            out.writeUTF(event.node());
            out.writeUTF(event.instance() == null ? "" : event.instance());
            out.writeUTF(event.version() == null ? "" : event.version());
            out.writeUTF(event.text());
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write(MeshEvent)} */
    public static MeshEvent readEvent(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            check(in);
            return new MeshEvent(
                    in.readLong(),
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    orNull(in.readUTF()),
                    orNull(in.readUTF()),
                    in.readUTF());
        } catch (IOException e) {
            throw new IllegalArgumentException("an event is cut short", e);
        }
    }

    private static void check(DataInputStream in) throws IOException {
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalArgumentException("state of format " + format + ", not " + FORMAT);
        }
    }

    private static @Nullable Long readLong(DataInputStream in) throws IOException {
        long value = in.readLong();
        return value == Long.MIN_VALUE ? null : value;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
