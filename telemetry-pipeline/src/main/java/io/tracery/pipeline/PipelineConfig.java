package io.tracery.pipeline;

import io.tracery.pipeline.forward.ForwardSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of the telemetry pipeline. Every key but {@code kafka} may be left out of the file; numbers are boxed so
 * that a key left out is told from zero, and none is null once the record is made.
 *
 * @param kafka bootstrap servers, {@code host:port,host:port}
 * @param host address the OTLP ports listen on; {@code 127.0.0.1} when left out
 * @param otlpGrpcPort OTLP over gRPC; 4317, 0 for any free port
 * @param otlpHttpPort OTLP over HTTP; 4318, 0 for any free port
 * @param adminPort {@code /live}, {@code /ready} and {@code /metrics} when it runs as its own process; 15014
 * @param dataDir folder of Kafka Streams' files; {@code data/pipeline}
 * @param replicationFactor of the topics it creates; 1
 * @param applicationId consumer group of the stream, the same for instances that share the work; {@code tracery-pipeline}
 * @param streamThreads threads of the stream; 1
 * @param standbys copies of undecided traces that other instances keep, to take over at once; 0
 * @param policies file that says what is kept, read again when it changes; everything there is room for without one
 * @param forward an OTLP endpoint that kept spans and all metrics are sent on to; nowhere without it
 * @param maxRequestBytes largest export request, unpacked; 4 MiB
 * @param maxExportsInFlight exports under way at once, more are told to try again; 64
 * @param startDeadlineSeconds how long the start waits for Kafka; 60
 */
public record PipelineConfig(
        String kafka,
        String host,
        Integer otlpGrpcPort,
        Integer otlpHttpPort,
        Integer adminPort,
        Path dataDir,
        Integer replicationFactor,
        String applicationId,
        Integer streamThreads,
        Integer standbys,
        @Nullable Path policies,
        @Nullable ForwardSettings forward,
        Integer maxRequestBytes,
        Integer maxExportsInFlight,
        Integer startDeadlineSeconds) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int GRPC_PORT = 4317;
    private static final int HTTP_PORT = 4318;
    private static final int ADMIN_PORT = 15_014;
    private static final Path DATA_DIR = Path.of("data", "pipeline");
    private static final String APPLICATION_ID = "tracery-pipeline";
    private static final int MEBIBYTE = 1024 * 1024;
    private static final int REQUEST_BYTES = 4 * MEBIBYTE;
    private static final int IN_FLIGHT = 64;
    private static final int START_SECONDS = 60;

    public PipelineConfig {
        if (kafka == null || kafka.isBlank()) {
            throw new IllegalArgumentException("kafka is missing: set it to the bootstrap servers, host:port");
        }
        host = host == null ? LOOPBACK : host;
        otlpGrpcPort = bounded("otlpGrpcPort", otlpGrpcPort, GRPC_PORT, 0, 65_535);
        otlpHttpPort = bounded("otlpHttpPort", otlpHttpPort, HTTP_PORT, 0, 65_535);
        adminPort = bounded("adminPort", adminPort, ADMIN_PORT, 0, 65_535);
        dataDir = dataDir == null ? DATA_DIR : dataDir;
        replicationFactor = bounded("replicationFactor", replicationFactor, 1, 1, 32);
        applicationId = applicationId == null ? APPLICATION_ID : applicationId;
        streamThreads = bounded("streamThreads", streamThreads, 1, 1, 64);
        standbys = bounded("standbys", standbys, 0, 0, 8);
        maxRequestBytes = bounded("maxRequestBytes", maxRequestBytes, REQUEST_BYTES, 1024, 64 * MEBIBYTE);
        maxExportsInFlight = bounded("maxExportsInFlight", maxExportsInFlight, IN_FLIGHT, 1, 10_000);
        startDeadlineSeconds = bounded("startDeadlineSeconds", startDeadlineSeconds, START_SECONDS, 1, 3600);
    }

    private static Integer bounded(String key, @Nullable Integer value, int fallback, int least, int most) {
        int number = value == null ? fallback : value;
        if (number < least || number > most) {
            throw new IllegalArgumentException(key + " is " + number + "; set it to " + least + ".." + most);
        }
        return number;
    }

    /** The defaults, with Kafka at these bootstrap servers. */
    public static PipelineConfig at(String kafka) {
        return new PipelineConfig(
                kafka,
                LOOPBACK,
                GRPC_PORT,
                HTTP_PORT,
                ADMIN_PORT,
                DATA_DIR,
                1,
                APPLICATION_ID,
                1,
                0,
                null,
                null,
                REQUEST_BYTES,
                IN_FLIGHT,
                START_SECONDS);
    }

    /** The same with another folder for Kafka Streams' files. */
    public PipelineConfig withDataDir(Path folder) {
        return new PipelineConfig(
                kafka,
                host,
                otlpGrpcPort,
                otlpHttpPort,
                adminPort,
                folder,
                replicationFactor,
                applicationId,
                streamThreads,
                standbys,
                policies,
                forward,
                maxRequestBytes,
                maxExportsInFlight,
                startDeadlineSeconds);
    }

    /** The same with other OTLP ports; 0 takes any free one. */
    public PipelineConfig withOtlpPorts(int grpcPort, int httpPort) {
        return new PipelineConfig(
                kafka,
                host,
                grpcPort,
                httpPort,
                adminPort,
                dataDir,
                replicationFactor,
                applicationId,
                streamThreads,
                standbys,
                policies,
                forward,
                maxRequestBytes,
                maxExportsInFlight,
                startDeadlineSeconds);
    }
}
