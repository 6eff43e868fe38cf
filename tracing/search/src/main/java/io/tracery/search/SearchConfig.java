package io.tracery.search;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of trace search. Every key but {@code kafka} may be left out of the file, and with {@code traces.backend: jaeger} that
 * too, since there is neither a store nor what fills it; numbers are boxed so that a key left out is told from zero, and none is null once the
 * record is made.
 *
 * @param traces where the traces are; in our own store when left out
 * @param kafka bootstrap servers, {@code host:port,host:port}
 * @param host address the query API listens on; {@code 127.0.0.1} when left out
 * @param port Jaeger's query API; 16686, 0 for any free port
 * @param remotePort gRPC at which a stock Jaeger reads from this store; not served when left out, 0 for any free port
 * @param adminPort {@code /live}, {@code /ready} and {@code /metrics} when it runs as its own process; 15014
 * @param dataDir folder of the index, for this instance alone; {@code data/search}
 * @param groupId consumer group that is told how far spans are read; {@code tracery-search}
 * @param retentionHours how long a span is kept after the mesh received it; 72
 * @param maxBytes how much disk the index may take, beyond which the oldest spans go first; 4 GiB
 * @param commitSeconds how often what was read is made durable; a crash reads that much again; 2
 */
public record SearchConfig(
        TracesConfig traces,
        @Nullable String kafka,
        String host,
        Integer port,
        @Nullable Integer remotePort,
        Integer adminPort,
        Path dataDir,
        String groupId,
        Integer retentionHours,
        Long maxBytes,
        Integer commitSeconds) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORT = 16_686;
    private static final int ADMIN_PORT = 15_014;
    private static final Path DATA_DIR = Path.of("data", "search");
    private static final String GROUP_ID = "tracery-search";
    private static final int RETENTION_HOURS = 72;
    private static final long MAX_BYTES = 4L * 1024 * 1024 * 1024;
    private static final long LEAST_BYTES = 64L * 1024 * 1024;
    private static final int COMMIT_SECONDS = 2;

    public SearchConfig {
        traces = traces == null ? TracesConfig.OWN : traces;
        if (traces.jaeger() == null && (kafka == null || kafka.isBlank())) {
            throw new IllegalArgumentException("kafka is missing: set it to the bootstrap servers, host:port");
        }
        host = host == null ? LOOPBACK : host;
        port = bounded("port", port, PORT, 0, 65_535);
        remotePort = remotePort == null ? null : bounded("remotePort", remotePort, 0, 0, 65_535);
        adminPort = bounded("adminPort", adminPort, ADMIN_PORT, 0, 65_535);
        dataDir = dataDir == null ? DATA_DIR : dataDir;
        groupId = groupId == null ? GROUP_ID : groupId;
        retentionHours = bounded("retentionHours", retentionHours, RETENTION_HOURS, 1, 24 * 366);
        maxBytes = maxBytes == null ? MAX_BYTES : maxBytes;
        if (maxBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + "; set it to at least " + LEAST_BYTES);
        }
        commitSeconds = bounded("commitSeconds", commitSeconds, COMMIT_SECONDS, 1, 60);
        if (traces.jaeger() != null) {
            only(null, "kafka", kafka);
            only(null, "remotePort", remotePort);
            only(DATA_DIR, "dataDir", dataDir);
            only(GROUP_ID, "groupId", groupId);
            only(RETENTION_HOURS, "retentionHours", retentionHours);
            only(MAX_BYTES, "maxBytes", maxBytes);
            only(COMMIT_SECONDS, "commitSeconds", commitSeconds);
        }
    }

    /** What is for a store of our own must be left as it is without one. */
    private static void only(@Nullable Object standard, String key, @Nullable Object value) {
        if (!Objects.equals(value, standard)) {
            throw new IllegalArgumentException(
                    key + " is for a store of our own, and with traces.backend: jaeger there is none; leave it out");
        }
    }

    private static Integer bounded(String key, @Nullable Integer value, int fallback, int least, int most) {
        int number = value == null ? fallback : value;
        if (number < least || number > most) {
            throw new IllegalArgumentException(key + " is " + number + "; set it to " + least + ".." + most);
        }
        return number;
    }

    /** The defaults, with Kafka at these bootstrap servers. */
    public static SearchConfig at(String kafka) {
        return of(TracesConfig.OWN, kafka);
    }

    /** The defaults, with all traces in a stock Jaeger at {@code host:port}. */
    public static SearchConfig reading(String jaeger) {
        return of(TracesConfig.jaeger(jaeger), null);
    }

    private static SearchConfig of(TracesConfig traces, @Nullable String kafka) {
        return new SearchConfig(
                traces,
                kafka,
                LOOPBACK,
                PORT,
                null,
                ADMIN_PORT,
                DATA_DIR,
                GROUP_ID,
                RETENTION_HOURS,
                MAX_BYTES,
                COMMIT_SECONDS);
    }

    /** The same with another folder for the index. */
    public SearchConfig withDataDir(Path folder) {
        return new SearchConfig(
                traces,
                kafka,
                host,
                port,
                remotePort,
                adminPort,
                folder,
                groupId,
                retentionHours,
                maxBytes,
                commitSeconds);
    }

    /** The same with another address for the query API; port 0 takes any free one. */
    public SearchConfig withAddress(String listenHost, int listenPort) {
        return new SearchConfig(
                traces,
                kafka,
                listenHost,
                listenPort,
                remotePort,
                adminPort,
                dataDir,
                groupId,
                retentionHours,
                maxBytes,
                commitSeconds);
    }

    /** The same with another port for the query API; 0 takes any free one. */
    public SearchConfig withPort(int other) {
        return withAddress(host, other);
    }
}
