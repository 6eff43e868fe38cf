package io.tracery.shop.load;

/**
 * Calls from one service to another.
 *
 * @param source calling service, {@link #CLIENT} for callers outside the shop
 * @param target called service
 * @param protocol {@code http}, {@code grpc} or {@code tcp}
 */
record Edge(String source, String target, String protocol) {

    static final String CLIENT = "client";

    static Edge http(String source, String target) {
        return new Edge(source, target, "http");
    }
}
