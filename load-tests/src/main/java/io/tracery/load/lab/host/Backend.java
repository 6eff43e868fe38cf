package io.tracery.load.lab.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the proxies are in front of: nginx, which answers 1 KiB for every path in HTTP/1.1 on some ports and in HTTP/2 with prior
 * knowledge on others, and a file of 1 GiB; and nghttpd, which reads a message and then answers with one of the same size and
 * the status in trailers, as a gRPC server would. (nginx answers a POST before it has read it and then resets the stream, which
 * is no gRPC; an nghttpd that echoes writes a file for each request, which is ten times slower.)
 */
public final class Backend {

    public static final List<Integer> HTTP1_PORTS = List.of(27_001, 27_002, 27_003);
    public static final List<Integer> HTTP2_PORTS = List.of(27_011, 27_012, 27_013);
    public static final List<Integer> GRPC_PORTS = List.of(27_021, 27_022, 27_023);
    public static final String BODY_PATH = "/body";
    public static final String GRPC_PATH = "/lab.Echo/Call";

    private static final int ANSWER_BYTES = 1024;
    private static final long BODY_BYTES = 1L << 30;

    private Backend() {}

    /** Writes the files that it serves and answers the {@code http} section's content, to accept at an address. */
    public static String prepare(Path directory, String address) throws IOException {
        try (RandomAccessFile body =
                new RandomAccessFile(directory.resolve("body").toFile(), "rw")) {
            // Without a byte on the disk.
            body.setLength(BODY_BYTES);
        }
        // Where nginx was started by root its worker is somebody else, who has to find the file.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return http(directory, address);
    }

    static String http(Path directory, String address) {
        String answer = "x".repeat(ANSWER_BYTES);
        return """
                    sendfile on;
                    http2_recv_buffer_size 1m;
                    open_file_cache max=16;
                    server {
                %1$s        location / { return 200 "%4$s"; }
                        location = %5$s { root %3$s; }
                    }
                    server {
                %2$s        http2_max_concurrent_streams 1024;
                        location / { return 200 "%4$s"; }
                    }
                """.formatted(
                        listens(address, HTTP1_PORTS, ""),
                        listens(address, HTTP2_PORTS, " http2"),
                        directory,
                        answer,
                        BODY_PATH);
    }

    /** What runs the gRPC server of a port; the answers are files below the folder. */
    static List<String> grpc(String address, int port, Path answers) {
        return List.of(
                Commands.find("nghttpd").orElse(Path.of("nghttpd")).toString(),
                "--no-tls",
                "--address=" + address,
                "--htdocs=" + answers,
                "--trailer=grpc-status: 0",
                "--max-concurrent-streams=1024",
                Integer.toString(port));
    }

    /** Starts the gRPC servers on a core. */
    public static List<Server> startGrpc(Path directory, String address, int core)
            throws IOException, InterruptedException {
        Path answers = directory.resolve("grpc");
        Path answer = answers.resolve(GRPC_PATH.substring(1));
        Files.createDirectories(answer.getParent());
        Files.write(answer, grpcMessage(ANSWER_BYTES));
        List<Server> servers = new ArrayList<>();
        for (int port : GRPC_PORTS) {
            servers.add(Server.start(
                    new Server.Launch(
                            grpc(address, port, answers),
                            Map.of(),
                            port,
                            directory.resolve("nghttpd-" + port + ".log")),
                    core));
        }
        return servers;
    }

    private static String listens(String address, List<Integer> ports, String protocol) {
        StringBuilder listens = new StringBuilder();
        for (int port : ports) {
            listens.append("        listen %s:%d%s;\n".formatted(address, port, protocol));
        }
        return listens.toString();
    }

    /** A message as gRPC frames it: not compressed, its length, its bytes (gRPC over HTTP/2, Length-Prefixed-Message). */
    public static byte[] grpcMessage(int bytes) {
        return ByteBuffer.allocate(5 + bytes).put((byte) 0).putInt(bytes).array();
    }
}
