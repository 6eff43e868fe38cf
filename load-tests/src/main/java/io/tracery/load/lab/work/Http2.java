package io.tracery.load.lab.work;

import io.tracery.load.lab.host.Backend;
import io.tracery.load.lab.load.Ask;
import io.tracery.load.lab.load.H2load;
import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.peer.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** HTTP/2 with prior knowledge on both sides, many streams on few connections: GET of 1 KiB, or unary gRPC calls. */
record Http2(String name, String summary, Content content) implements Work {

    private static final H2load.Streams STREAMS = new H2load.Streams(8, 16);

    enum Content {
        GET,
        GRPC
    }

    static Http2 get() {
        return new Http2("h2", "HTTP/2 GET, 1 KiB, 8 connections of 16 streams, three backends", Content.GET);
    }

    static Http2 grpc() {
        return new Http2(
                "grpc",
                "unary gRPC, 1 KiB there, the same and trailers back, 8 connections of 16 streams, three backends",
                Content.GRPC);
    }

    @Override
    public Shape shape() {
        return Shape.HTTP2;
    }

    @Override
    public List<Integer> backends() {
        return content == Content.GET ? Backend.HTTP2_PORTS : Backend.GRPC_PORTS;
    }

    @Override
    public Ask ask() {
        return content == Content.GET ? Ask.HTTP2 : Ask.GRPC;
    }

    @Override
    public Cost cost() {
        return Cost.REQUESTS;
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.complementOf(EnumSet.of(Measure.IDLE, Measure.SIDECARS));
    }

    @Override
    public List<String> programs() {
        return List.of("h2load");
    }

    @Override
    public Outcome load(Target target, int seconds) throws IOException, InterruptedException {
        if (content == Content.GET) {
            return H2load.run(target.port(), "/", STREAMS, seconds, List.of());
        }
        Path message = Files.createTempFile("tracery-lab", ".grpc");
        try {
            Files.write(message, Backend.grpcMessage(1024));
            return H2load.run(
                    target.port(),
                    Backend.GRPC_PATH,
                    STREAMS,
                    seconds,
                    List.of("-d", message.toString(), "-H", "content-type: application/grpc", "-H", "te: trailers"));
        } finally {
            Files.delete(message);
        }
    }
}
