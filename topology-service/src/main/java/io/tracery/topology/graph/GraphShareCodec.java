package io.tracery.topology.graph;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Bytes of a {@link GraphShare}: a format number, then fields in order, counts as variable-length integers. */
public final class GraphShareCodec {

    private static final int FORMAT = 1;
    private static final int PER_EDGE = 400;

    private GraphShareCodec() {}

    public static byte[] write(GraphShare share) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128 + share.edges.size() * PER_EDGE);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(share.epoch);
            out.writeLong(share.from);
            out.writeLong(share.upTo);
            out.writeBoolean(share.more);
            HistogramCodec.writeVarint(out, share.claims.size());
            for (Map.Entry<Integer, Long> claim : share.claims.entrySet()) {
                HistogramCodec.writeVarint(out, claim.getKey());
                out.writeLong(claim.getValue());
            }
            out.writeLong(share.firstData);
            out.writeLong(share.newestData);
            HistogramCodec.writeVarint(out, share.edges.size());
            for (EdgeShare edge : share.edges) {
                write(out, edge);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, EdgeShare edge) throws IOException {
        out.writeUTF(edge.edge().id());
        out.writeUTF(edge.sourceIdentity());
        out.writeUTF(edge.targetIdentity());
        out.writeUTF(edge.tls());
        out.writeLong(edge.lastSeen());
        HistogramCodec.writeVarint(out, edge.parts().size());
        for (EdgePart part : edge.parts()) {
            part.write(out);
        }
        out.writeByte(edge.shown().code());
        HistogramCodec.writeVarint(out, edge.routes().size());
        for (String route : edge.routes()) {
            out.writeUTF(route);
        }
        HistogramCodec.writeVarint(out, edge.seconds().size());
        for (Map.Entry<String, List<Second>> version : edge.seconds().entrySet()) {
            out.writeUTF(version.getKey());
            HistogramCodec.writeVarint(out, version.getValue().size());
            for (Second second : version.getValue()) {
                second.write(out);
            }
        }
    }

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write} */
    public static GraphShare read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("a share of the graph of format " + format + ", not " + FORMAT);
            }
            long epoch = in.readLong();
            long from = in.readLong();
            long upTo = in.readLong();
            boolean more = in.readBoolean();
            Map<Integer, Long> claims = new HashMap<>();
            long owners = HistogramCodec.readVarint(in);
            for (long i = 0; i < owners; i++) {
                claims.put((int) HistogramCodec.readVarint(in), in.readLong());
            }
            long firstData = in.readLong();
            long newestData = in.readLong();
            List<EdgeShare> edges = new ArrayList<>();
            long size = HistogramCodec.readVarint(in);
            for (long i = 0; i < size; i++) {
                edges.add(readEdge(in));
            }
            return new GraphShare(epoch, from, upTo, more, claims, firstData, newestData, edges);
        } catch (IOException e) {
            throw new IllegalArgumentException("a share of the graph is cut short", e);
        }
    }

    private static EdgeShare readEdge(DataInputStream in) throws IOException {
        EdgeKey key = EdgeKey.parse(in.readUTF());
        String source = in.readUTF();
        String target = in.readUTF();
        String tls = in.readUTF();
        long lastSeen = in.readLong();
        List<EdgePart> parts = new ArrayList<>();
        long ends = HistogramCodec.readVarint(in);
        for (long i = 0; i < ends; i++) {
            parts.add(EdgePart.read(in));
        }
        View shown = View.at(in.readByte());
        List<String> routes = new ArrayList<>();
        long names = HistogramCodec.readVarint(in);
        for (long i = 0; i < names; i++) {
            routes.add(in.readUTF());
        }
        Map<String, List<Second>> seconds = new HashMap<>();
        long versions = HistogramCodec.readVarint(in);
        for (long i = 0; i < versions; i++) {
            List<Second> cells = new ArrayList<>();
            seconds.put(in.readUTF(), cells);
            long count = HistogramCodec.readVarint(in);
            for (long j = 0; j < count; j++) {
                cells.add(Second.read(in));
            }
        }
        return new EdgeShare(key, source, target, tls, lastSeen, parts, shown, routes, seconds);
    }
}
