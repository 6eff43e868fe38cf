package io.tracery.proxy.mesh;

/** What a listener accepts from those who connect to it. */
public enum DownstreamTls {
    /** Plain text only: the application beside the proxy. */
    NONE,
    /** Mutual TLS, or plain text from callers outside the mesh. */
    PERMISSIVE,
    /** Mutual TLS only. */
    STRICT
}
