package io.tracery.controlplane.model;

/** What is spoken on a port, from Kubernetes' {@code appProtocol}. */
public enum AppProtocol {
    /** {@code http}: HTTP/1.1 or HTTP/2, whichever the caller speaks. */
    HTTP,
    /** {@code kubernetes.io/h2c} or {@code grpc}: HTTP/2 without TLS of the application's own. */
    HTTP2,
    /** {@code tcp}: opaque bytes. */
    TCP,
    /** {@code tls} or {@code https}: opaque bytes that are TLS of the application's own, which says whom it asks for. */
    TLS,
    /** {@code auto}, or nothing said: each connection is HTTP or opaque bytes, as its first bytes show. */
    AUTO;

    /** True where nothing is understood as HTTP. */
    public boolean opaque() {
        return this == TCP || this == TLS;
    }
}
