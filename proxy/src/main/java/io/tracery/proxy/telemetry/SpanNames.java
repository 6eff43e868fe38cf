package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;

/** Names of spans: low in cardinality, whatever clients send. */
final class SpanNames {

    /** What a client chose is cut here. */
    static final int MAX_LENGTH = 256;

    private static final String OTHER_METHOD = "_OTHER";

    private SpanNames() {}

    static String of(Exchange exchange) {
        return switch (exchange.protocol()) {
            case HTTP1, HTTP2 -> http(method(exchange.method()), LabelProbe.templateOf(exchange));
            case GRPC -> rpcMethod(exchange.path());
            case TCP -> "tcp " + service(exchange);
        };
    }

    /** OpenTelemetry's word for methods that are not in its list, so that a client cannot make up new ones. */
    static String method(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY" -> method;
            default -> OTHER_METHOD;
        };
    }

    /** {@code package.Service/Method} of a gRPC path. */
    static String rpcMethod(String path) {
        String method = path.startsWith("/") ? path.substring(1) : path;
        return method.isEmpty() ? "grpc" : cut(method, MAX_LENGTH);
    }

    static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    /** The method alone where no template is known, as OpenTelemetry has it. */
    private static String http(String method, String template) {
        String shown = method.equals(OTHER_METHOD) ? "HTTP" : method;
        return template.isEmpty() ? shown : shown + " " + template;
    }

    private static String service(Exchange exchange) {
        Cluster cluster = exchange.cluster();
        return cluster == null || cluster.service().isEmpty() ? exchange.listener() : cluster.service();
    }

    /** True for protocols whose spans have HTTP's attributes. */
    static boolean isHttp(Protocol protocol) {
        return protocol != Protocol.TCP;
    }
}
