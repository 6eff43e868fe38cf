package io.tracery.search.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses fragments by Zstandard with a dictionary that is learned from the first ones: each is small, and what it has in common
 * with all others stands in the dictionary. A dictionary is a file beside the index, on disk before the first fragment that
 * needs it. One thread compresses, any number decompress.
 */
final class Dictionaries implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Dictionaries.class);
    private static final int LEVEL = 3;
    private static final int DICTIONARY_BYTES = 96 * 1024;
    private static final int SAMPLE_BYTES = 4 * 1024 * 1024;
    private static final int LARGEST_SAMPLE = 64 * 1024;
    private static final int LARGEST_FRAGMENT = 512 * 1024 * 1024;
    private static final String PREFIX = "dictionary-";

    private final Path folder;
    private final Map<Integer, ZstdDictDecompress> readable = new ConcurrentHashMap<>();

    // Confined to the thread that compresses. Number 0 is none.
    private int current;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx()
            .setLevel(LEVEL)
            // All of that is known here, and a dozen bytes are a seventh of a span.
            .setMagicless(true)
            .setContentSize(false)
            .setDictID(false);

    private byte[] compressed = new byte[LARGEST_SAMPLE];
    private final Column stored = new Column();
    private final List<byte[]> samples = new ArrayList<>();
    private int sampled;

    private Dictionaries(Path folder) {
        this.folder = folder;
    }

    static Dictionaries open(Path folder) throws IOException {
        Dictionaries dictionaries = new Dictionaries(Files.createDirectories(folder));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(PREFIX)) {
                    dictionaries.use(Integer.parseInt(name.substring(PREFIX.length())), Files.readAllBytes(file));
                }
            }
        }
        return dictionaries;
    }

    private void use(int number, byte[] bytes) {
        readable.put(number, new ZstdDictDecompress(bytes));
        if (number > current) {
            current = number;
            compressor.loadDict(new ZstdDictCompress(bytes, LEVEL));
        }
    }

    /** The trace id as it is, then the dictionary's number and the length, then the fragment. Good until the next one. */
    BytesRef compress(BytesRef traceId, Column fragment) throws IOException {
        if (current == 0) {
            learn(fragment);
        }
        int most = (int) Zstd.compressBound(fragment.size());
        if (most > compressed.length) {
            compressed = new byte[most];
        }
        int length =
                compressor.compressByteArray(compressed, 0, compressed.length, fragment.bytes(), 0, fragment.size());
        stored.clear();
        stored.writeBytes(traceId.bytes, traceId.offset, traceId.length);
        stored.write(current);
        stored.write(fragment.size());
        stored.writeBytes(compressed, 0, length);
        return new BytesRef(stored.bytes(), 0, stored.size());
    }

    private void learn(Column fragment) throws IOException {
        if (fragment.size() <= LARGEST_SAMPLE) {
            samples.add(fragment.toBytes());
            sampled += fragment.size();
        }
        if (sampled < SAMPLE_BYTES) {
            return;
        }
        ZstdDictTrainer trainer = new ZstdDictTrainer(sampled, DICTIONARY_BYTES);
        samples.forEach(trainer::addSample);
        samples.clear();
        sampled = 0;
        try {
            byte[] bytes = trainer.trainSamples();
            store(current + 1, bytes);
            use(current + 1, bytes);
        } catch (ZstdException e) {
            log.info("spans have too little in common to learn from ({}); the next ones may have more", e.getMessage());
        }
    }

    private void store(int number, byte[] bytes) throws IOException {
        Path half = folder.resolve("half");
        Files.write(half, bytes);
        try (FileChannel file = FileChannel.open(half, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(half, folder.resolve(PREFIX + number), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    static byte[] traceId(BytesRef stored) throws IOException {
        return reading(stored).readBytes(2 * Long.BYTES);
    }

    byte[] decompress(BytesRef stored) throws IOException {
        Column column = reading(stored);
        column.readBytes(2 * Long.BYTES);
        int number = column.readInt();
        int length = column.readInt();
        if (length < 0 || length > LARGEST_FRAGMENT) {
            throw new IOException("a fragment of " + length + " bytes stands in the trace index; it is damaged");
        }
        byte[] packed = column.readBytes(column.left());
        try (ZstdDecompressCtx decompressor = new ZstdDecompressCtx().setMagicless(true)) {
            if (number != 0) {
                decompressor.loadDict(learned(number));
            }
            return decompressor.decompress(packed, length);
        }
    }

    private ZstdDictDecompress learned(int number) throws IOException {
        ZstdDictDecompress learned = readable.get(number);
        if (learned == null) {
            throw new IOException("the trace index has lost " + folder.resolve(PREFIX + number)
                    + "; move the index away, it fills again from Kafka");
        }
        return learned;
    }

    @Override
    public void close() {
        compressor.close();
    }

    private static Column reading(BytesRef stored) {
        return Column.reading(stored.bytes, stored.offset, stored.length);
    }
}
