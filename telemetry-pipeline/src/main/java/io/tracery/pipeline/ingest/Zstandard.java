package io.tracery.pipeline.ingest;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.grpc.Decompressor;
import java.io.IOException;
import java.io.InputStream;

/** Bodies and messages packed with zstd (RFC 8878), over HTTP and gRPC. */
final class Zstandard implements Decompressor {

    /** Nobody needs a larger window for requests of a few MiB, and each takes as much memory (RFC 8878 §3.1.1.1.2: 8 MiB). */
    private static final int MOST_WINDOW_LOG = 23;

    static InputStream unpacked(InputStream packed) throws IOException {
        return new ZstdInputStreamNoFinalizer(packed).setLongMax(MOST_WINDOW_LOG);
    }

    @Override
    public String getMessageEncoding() {
        return "zstd";
    }

    @Override
    public InputStream decompress(InputStream packed) throws IOException {
        return unpacked(packed);
    }
}
