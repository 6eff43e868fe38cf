package io.tracery.pipeline.stream;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;

/**
 * Batches of spans, packed once (zstd, RFC 8878) for the way to where they are decided upon, for the store and for the store's topic. Confined to one
 * task.
 */
final class Packing implements AutoCloseable {

    /** Batches repeat themselves so much that level 1 is no smaller and takes a third longer; the fast levels below are larger and no faster. */
    private static final int LEVEL = -1;

    /** What a zstd frame begins with. No batch of spans does: it would be field 5, which {@code TracesData} has not. */
    private static final byte[] MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    /** Batches are below a tenth of it; what claims to be more is none of ours. */
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    private final ZstdCompressCtx pack = new ZstdCompressCtx().setLevel(LEVEL);
    private final ZstdDecompressCtx unpack = new ZstdDecompressCtx();

    byte[] packed(byte[] batch) {
        return pack.compress(batch);
    }

    /** The batch that was packed; what was not packed as it is. */
    byte[] unpacked(byte[] value) {
        if (!isPacked(value)) {
            return value;
        }
        long size = Zstd.getFrameContentSize(value);
        if (size < 0 || size > MOST_BYTES) {
            throw new IllegalStateException("a packed batch of spans says that it has " + size + " bytes");
        }
        return unpack.decompress(value, (int) size);
    }

    private static boolean isPacked(byte[] value) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (value.length <= i || value[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        pack.close();
        unpack.close();
    }
}
