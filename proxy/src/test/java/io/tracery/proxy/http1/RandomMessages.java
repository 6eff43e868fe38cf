package io.tracery.proxy.http1;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Messages as clients and servers send them, and as attackers do: well formed ones, then a few bytes changed. */
final class RandomMessages {

    private static final String[] METHODS = {
        "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"
    };
    private static final String[] NAMES = {
        "Host",
        "host",
        "Accept",
        "X-Long-Name-With-Dashes",
        "traceparent",
        "Cookie",
        "Content-Type",
        "x",
        "Connection",
        "TE"
    };
    private static final String[] VALUES = {
        "",
        "a",
        "example.org:8080",
        "text/html, */*;q=0.8",
        "keep-alive",
        "close",
        "\"quoted\"",
        "  spaced\t",
        "caf\u00e9",
        "chunked"
    };

    /** What smuggling is made of. */
    private static final String[] TRICKS = {
        "\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        ":",
        "\0",
        "Content-Length: 3\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length:\t3\r\n",
        " folded\r\n",
        "0\r\n\r\n",
        "5\r\nhello\r\n",
        "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
        ";ext=\"a\r\nb\"",
        "fffffffff",
        "-1",
        "HTTP/1.1",
        "HTTP/1.0",
        "\u0085",
        "\u000b",
        "\u00ff",
    };

    private final RandomGenerator random;

    RandomMessages(RandomGenerator random) {
        this.random = random;
    }

    /** One to three requests on one connection. */
    byte[] requests() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            text.append(one(METHODS)).append(" /").append(random.nextBoolean() ? "a/b?c=d%20e" : "");
            text.append(random.nextInt(8) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
            message(text, /* bodyMayBeMissing= */ true);
        }
        return changed(text);
    }

    /** One response. */
    byte[] response() {
        StringBuilder text = new StringBuilder("HTTP/1.1 ");
        text.append(new int[] {200, 200, 200, 204, 304, 404, 500, 103}[random.nextInt(8)]);
        text.append(random.nextBoolean() ? " OK\r\n" : " A reason of its own\r\n");
        message(text, /* bodyMayBeMissing= */ true);
        return changed(text);
    }

    private void message(StringBuilder text, boolean bodyMayBeMissing) {
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(one(NAMES))
                    .append(random.nextBoolean() ? ": " : ":")
                    .append(one(VALUES))
                    .append("\r\n");
        }
        switch (random.nextInt(bodyMayBeMissing ? 3 : 2)) {
            case 0 -> {
                String body = "x".repeat(random.nextInt(40));
                text.append("Content-Length: ")
                        .append(body.length())
                        .append("\r\n\r\n")
                        .append(body);
            }
            case 1 -> {
                text.append("Transfer-Encoding: chunked\r\n\r\n");
                for (int i = random.nextInt(4); i > 0; i--) {
                    int size = random.nextInt(1, 40);
                    text.append(Integer.toHexString(size)).append(random.nextInt(6) == 0 ? ";a=b" : "");
                    text.append("\r\n").append("y".repeat(size)).append("\r\n");
                }
                text.append("0\r\n")
                        .append(random.nextInt(3) == 0 ? "x-sum: 1\r\n" : "")
                        .append("\r\n");
            }
            default -> text.append("\r\n");
        }
    }

    private byte[] changed(StringBuilder text) {
        int changes = random.nextBoolean() ? 0 : random.nextInt(1, 4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, one(TRICKS));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.setCharAt(at, (char) random.nextInt(256));
                default -> {
                    int end = Math.min(text.length(), at + random.nextInt(1, 12));
                    text.replace(at, end, one(TRICKS));
                }
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same bytes in pieces, as a network may bring them. */
    List<byte[]> split(byte[] whole) {
        List<byte[]> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        int often = random.nextInt(1, 20);
        for (byte b : whole) {
            piece.write(b);
            if (random.nextInt(often) == 0) {
                pieces.add(piece.toByteArray());
                piece.reset();
            }
        }
        pieces.add(piece.toByteArray());
        return pieces;
    }

    private String one(String[] of) {
        return of[random.nextInt(of.length)];
    }
}
