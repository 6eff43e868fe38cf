package io.tracery.proxy.mesh;

/** Which HTTP version a cluster's endpoints are spoken to. */
public enum UpstreamProtocol {
    /** The version in which the request came. */
    SAME_AS_DOWNSTREAM,
    /** The same, to other sidecars: HTTP/1.1 travels to them as HTTP/2 and is HTTP/1.1 again behind them. */
    BETWEEN_SIDECARS,
    HTTP1,
    HTTP2
}
