package io.tracery.topology.graph;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What one owner counted at one end of an edge. Guarded by its edge's lock. */
final class EdgePart {

    final int owner;
    final View view;
    final Totals totals = new Totals();

    /** Begun less ended, by epoch; without those of which nothing is in flight. */
    final Map<String, Long> inFlight = new HashMap<>();

    int series;

    /** Of what another process tells: in which round of it this part last came; see {@link GraphSharing}. */
    long round;

    EdgePart(int owner, View view) {
        this.owner = owner;
        this.view = view;
    }

    EdgePart copy() {
        EdgePart copy = new EdgePart(owner, view);
        copy.totals.add(totals);
        copy.inFlight.putAll(inFlight);
        copy.series = series;
        return copy;
    }

    void write(DataOutputStream out) throws IOException {
        HistogramCodec.writeVarint(out, owner);
        out.writeByte(view.code());
        HistogramCodec.writeVarint(out, series);
        totals.write(out);
        HistogramCodec.writeVarint(out, inFlight.size());
        for (Map.Entry<String, Long> open : inFlight.entrySet()) {
            out.writeUTF(open.getKey());
            out.writeLong(open.getValue());
        }
    }

    static EdgePart read(DataInputStream in) throws IOException {
        EdgePart part = new EdgePart((int) HistogramCodec.readVarint(in), View.at(in.readByte()));
        part.series = (int) HistogramCodec.readVarint(in);
        part.totals.read(in);
        long epochs = HistogramCodec.readVarint(in);
        for (long i = 0; i < epochs; i++) {
            part.inFlight.put(in.readUTF(), in.readLong());
        }
        return part;
    }
}
