package io.tracery.load.lab.peer;

/** How a proxy stands between the load and the backends. */
public enum Shape {
    /** HTTP/1.1 in, balanced over the backends in HTTP/1.1. */
    HTTP1,
    /** HTTP/2 with prior knowledge in, balanced over the backends in HTTP/2. */
    HTTP2,
    /** Bytes in, bytes out, a connection per connection. */
    TCP,
    /** HTTP/1.1 in, mutual TLS to a second proxy of the same kind, HTTP/1.1 to the backend: the caller's and the callee's sidecar. */
    MTLS_PAIR,
    /** The second of the pair alone: mutual TLS in, HTTP/1.1 to the backend. */
    MTLS_INBOUND;

    /** True where certificates are needed. */
    public boolean mutualTls() {
        return this == MTLS_PAIR || this == MTLS_INBOUND;
    }
}
