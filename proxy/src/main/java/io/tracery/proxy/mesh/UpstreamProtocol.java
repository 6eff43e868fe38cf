package io.tracery.proxy.mesh;

/** Which HTTP version a cluster's endpoints are spoken to. */
public enum UpstreamProtocol {
    /** The version in which the request came. */
    SAME_AS_DOWNSTREAM,
    HTTP1,
    HTTP2
}
