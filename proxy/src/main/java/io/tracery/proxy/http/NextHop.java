package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.UpstreamPool;

/**
 * In which HTTP version a request goes on. Between two sidecars HTTP/1.1 travels as HTTP/2, where many requests share a
 * connection, a TLS record and a system call; its head says what it was, and the sidecar that it comes to gives the
 * application HTTP/1.1 again. An HTTP/1.1 client's upgrade or CONNECT stays HTTP/1.1 all the way: a tunnel has its
 * connection to itself for as long as it lives; so does what is large, which frames and windows make dearer than they save.
 * Where the cluster speaks HTTP/2 alone, and for HTTP/2 clients, WebSocket goes on as extended CONNECT (RFC 8441).
 */
final class NextHop {

    private static final AsciiString CAME_AS = AsciiString.cached("tracery-came-as");
    private static final AsciiString HTTP1 = AsciiString.cached("http/1.1");

    /** Bytes of a body, or of a cluster's usual one, from which on HTTP/1.1 is taken to be cheaper; RATIONALE.md has the reckoning. */
    private static final int LARGE = 8 * 1024;

    private NextHop() {}

    /** The connections that the request goes on by; its head is made to say what that does not. */
    static UpstreamPool pool(Exchange exchange, HttpRequest head, ClusterState state, Pick pick) {
        return http2(exchange, head, state) ? state.http2(pick.chosen()) : state.http1(pick.chosen());
    }

    private static boolean http2(Exchange exchange, HttpRequest head, ClusterState state) {
        boolean came = exchange.protocol() != Protocol.HTTP1;
        return switch (state.cluster().protocol()) {
            case HTTP1 -> false;
            case HTTP2 -> {
                if (!came) {
                    Switching.onlyWebSocket(head);
                }
                yield true;
            }
            case SAME_AS_DOWNSTREAM -> came;
            case BETWEEN_SIDECARS -> {
                if (!came && !Switching.wanted(head) && !large(head, state)) {
                    head.headers().set(CAME_AS, HTTP1);
                    yield true;
                }
                yield came;
            }
        };
    }

    private static boolean large(HttpRequest head, ClusterState state) {
        return state.bodies().mean() > LARGE || HttpUtil.getContentLength(head, 0L) > LARGE;
    }

    /**
     * Whether an HTTP/2 request began as HTTP/1.1; takes off what says so. Only a peer with a certificate is believed, and
     * nobody's word is passed on.
     */
    static boolean cameAsHttp1(Downstream downstream, HttpHeaders headers) {
        String came = headers.get(CAME_AS);
        if (came == null) {
            return false;
        }
        headers.remove(CAME_AS);
        return downstream.mutualTls() && HTTP1.contentEquals(came);
    }
}
