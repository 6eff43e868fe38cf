package io.tracery.proxy.exchange;

/** What an exchange speaks. */
public enum Protocol {
    HTTP1("http", "1.1"),
    HTTP2("http", "2"),
    GRPC("grpc", "2"),
    TCP("tcp", "");

    private final String label;
    private final String version;

    Protocol(String label, String version) {
        this.label = label;
        this.version = version;
    }

    /** {@code http}, {@code grpc} or {@code tcp}, as metrics write it. */
    public String label() {
        return label;
    }

    /** HTTP version as {@code network.protocol.version} writes it; empty for TCP. */
    public String version() {
        return version;
    }
}
