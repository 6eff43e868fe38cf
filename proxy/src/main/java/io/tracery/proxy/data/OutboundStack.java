package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.tracery.proxy.balance.Hashing;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.tcp.TcpRelay;
import java.net.InetSocketAddress;

/** From the application beside the proxy into the mesh: what a connection goes through, in order. */
final class OutboundStack {

    private OutboundStack() {}

    static void build(Channel channel, LoopState loop, Listener listener, Refusals refusals, Detections detections) {
        ChannelPipeline pipeline = channel.pipeline();
        // 1. Nobody to verify: only the application beside the proxy can reach a port on loopback.
        Downstream downstream =
                new Downstream(loop, listener, Workload.UNKNOWN, /* mutualTls= */ false, source(channel));
        switch (listener.handler()) {
            // 2. HTTP: the version is told by its first bytes; then, for each exchange (package http):
            //    read the head strictly → place it in its trace → find its route → redirect, or rewrite as the route
            // says
            //    → hold it to the route's limit → inject its fault → choose a cluster by weight → begin copies for
            // mirrors
            //    → attempts [ room, or shed → pick an endpoint → a pooled connection, verified → send ]
            //    → pass the answer on, or make a tunnel of it → fate.
            case Listener.Handler.Http http -> new HttpStack(downstream, refusals).addTo(pipeline);
            // 3. Opaque: joined to an endpoint before anything is read, so that a server may speak first.
            case Listener.Handler.Tcp tcp -> pipeline.addLast("relay", new TcpRelay(downstream));
            // 4. TLS of the application's own: joined to an endpoint of the server that it asks for, unopened.
            case Listener.Handler.Tls tls ->
                pipeline.addLast("server name", new ServerNameReader(downstream, refusals));
            // 5. Not declared: whichever of the two its first bytes say, the client's or the server's.
            case Listener.Handler.Auto auto ->
                new HttpStack(downstream, refusals).detect(pipeline, detections, auto.greeting());
        }
    }

    /** Hash of the address that a connection came from. */
    static long source(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress from && from.getAddress() != null
                ? Hashing.of(from.getAddress().getAddress())
                : LoadBalancer.NO_HASH;
    }
}
