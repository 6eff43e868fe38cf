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
import org.jspecify.annotations.Nullable;

/** Keys and values of proxies and events, in the store that holds the windows, too. */
public final class FleetCodec {

    private static final byte PROXIES = 110;
    private static final byte EVENTS = 111;
    private static final byte FORMAT = 1;
    /** Format 1, and then what balancers make of endpoints. */
    private static final byte FORMAT_BALANCED = 2;

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
            out.writeByte(balanced == null ? FORMAT : FORMAT_BALANCED);
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
            if (balanced != null) {
                write(balanced, out);
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

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write(ProxyReport)} */
    public static ProxyReport readProxy(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT && format != FORMAT_BALANCED) {
                throw new IllegalArgumentException("a proxy of format " + format + ", not " + FORMAT_BALANCED);
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
                    format == FORMAT ? null : readBalanced(in));
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
