package io.tracery.search.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdException;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses fragments by Zstandard with a dictionary that is learned from the first ones: each is small, and what it has in common
 * with all others stands in the dictionary. A dictionary is a file beside the index, on disk before the first fragment that
 * needs it. One thread compresses, any number decompress.
 */
final class Dictionaries {

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
    private @Nullable ZstdDictCompress dictionary;
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
            dictionary = new ZstdDictCompress(bytes, LEVEL);
        }
    }

    /** The trace id as it is, then the dictionary's number and the length, then the fragment. */
    BytesRef compress(byte[] traceId, byte[] fragment) throws IOException {
        ZstdDictCompress learned = dictionary;
        if (learned == null) {
            learned = learn(fragment);
        }
        byte[] compressed = learned == null ? Zstd.compress(fragment, LEVEL) : Zstd.compress(fragment, learned);
        Column stored = new Column();
        stored.writeBytes(traceId);
        stored.write(learned == null ? 0 : current);
        stored.write(fragment.length);
        stored.writeBytes(compressed);
        return new BytesRef(stored.toBytes());
    }

    private @Nullable ZstdDictCompress learn(byte[] fragment) throws IOException {
        if (fragment.length <= LARGEST_SAMPLE) {
            samples.add(fragment);
            sampled += fragment.length;
        }
        if (sampled < SAMPLE_BYTES) {
            return null;
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
        return dictionary;
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
        byte[] compressed = column.readBytes(column.left());
        if (number == 0) {
            return Zstd.decompress(compressed, length);
        }
        ZstdDictDecompress learned = readable.get(number);
        if (learned == null) {
            throw new IOException("the trace index has lost " + folder.resolve(PREFIX + number)
                    + "; move the index away, it fills again from Kafka");
        }
        return Zstd.decompress(compressed, learned, length);
    }

    private static Column reading(BytesRef stored) {
        return Column.reading(stored.bytes, stored.offset, stored.length);
    }
}
