package io.tracery.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Connector.HalfClosure;
import io.tracery.proxy.upstream.HandshakeTime;
import io.tracery.proxy.upstream.Occupancy;
import io.tracery.proxy.upstream.PeerIdentity;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A client's TCP connection and the one to an endpoint that it is joined to. Nothing is read from either side before the
 * other can take it, each direction ends when its sender ends it, and a connection that cannot be made is tried once at
 * another endpoint: nothing was sent yet.
 */
public final class TcpRelay extends ChannelInboundHandlerAdapter implements Swept {

    private static final int MOST_ATTEMPTS = 2;

    /** To those who look for outliers a connection that was made is an answer without an error. */
    private static final int CONNECTED = 200;

    private final Downstream downstream;
    private final LoopState loop;
    private final Exchange exchange;

    private String serverName = "";

    /** Of the client's address, where the configuration says that it is to count. */
    private long hash = LoadBalancer.NO_HASH;

    /** Who is told what the server does while it is open what the connection speaks; null when that is known. */
    private @Nullable Speculation speculation;

    /** What came before there was anywhere to send it: at most what was read along with the end of a handshake. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private @Nullable Channel client;
    private @Nullable Channel upstream;
    private @Nullable Attempt attempt;
    private @Nullable EndpointLoad load;
    private @Nullable Occupancy occupancy;
    private boolean clientDone;
    private boolean upstreamDone;
    private boolean broken;
    private long movedNanos;

    /** Who has to decide whether the connection is one of opaque bytes. On the event loop. */
    public interface Speculation {

        /** The server said something: it is called before that is passed on. */
        void serverSpoke();

        /** The server ended its side, or could not be reached, without a word. */
        void serverEnded();
    }

    /**
     * Connects to an endpoint while it is open what the client speaks. The client's bytes are not taken, and there is no
     * exchange until it is confirmed.
     */
    public static TcpRelay speculative(Downstream downstream, Speculation speculation) {
        TcpRelay relay = new TcpRelay(downstream);
        relay.speculation = speculation;
        return relay;
    }

    /** @param serverName that the connection's own TLS asks for, empty where it asks for none */
    public static TcpRelay named(Downstream downstream, String serverName) {
        TcpRelay relay = new TcpRelay(downstream);
        relay.serverName = serverName;
        return relay;
    }

    public TcpRelay(Downstream downstream) {
        this.downstream = downstream;
        this.loop = downstream.loop();
        this.exchange = downstream.exchange(Protocol.TCP);
    }

    /** The connection is accepted and, where it must be, verified; nothing has been read yet. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel accepted = ctx.channel();
        client = accepted;
        if (speculation == null) {
            accepted.config().setAutoRead(false);
        }
        MeshSnapshot snapshot = loop.snapshot();
        Listener listener =
                snapshot.listeners().getOrDefault(downstream.listener().name(), downstream.listener());
        exchange.trace(TraceContext.root(loop.random()), 0);
        if (listener.direction() == Direction.INBOUND) {
            exchange.peer(downstream.peer(), downstream.peer().identity(), downstream.mutualTls());
        }
        exchange.request(Protocol.TCP, /* requestMethod= */ "", /* requestPath= */ "", serverName, /* uriScheme= */ "");
        ClusterSplit split = listener.handler().split(serverName);
        Share share = split == null ? null : loop.next(split);
        ClusterState cluster = share == null ? null : loop.cluster(snapshot, share.cluster());
        if (split != null && split.bySource()) {
            hash = downstream.source();
        }
        if (cluster != null) {
            exchange.cluster(cluster.cluster());
            if (listener.direction() == Direction.OUTBOUND) {
                exchange.peer(cluster.service(), "", false);
            }
        }
        if (speculation == null) {
            loop.observer().started(exchange);
        }
        movedNanos = exchange.startNanos();
        loop.add(this);
        if (cluster == null) {
            end(split == null ? Fate.NO_ROUTE : Fate.NO_ENDPOINT);
        } else {
            connect(cluster, /* avoid= */ null);
        }
    }

    /**
     * It is a connection of opaque bytes: the exchange begins, and what the client says goes to the server.
     *
     * @param known the connection, with how it was found out
     * @param name of the server, where the client's own TLS asks for one, else empty
     */
    public void confirm(Downstream known, String name) {
        if (speculation != null) {
            speculation = null;
            exchange.detected(known.detected());
            exchange.request(Protocol.TCP, /* requestMethod= */ "", /* requestPath= */ "", name, /* uriScheme= */ "");
            loop.observer().started(exchange);
            if (upstream == null && client != null) {
                client.config().setAutoRead(false);
            }
        }
    }

    /** It is something else: the endpoint's connection is closed, and nobody hears of an exchange. */
    public void giveUp() {
        if (speculation != null && !exchange.ended()) {
            speculation = null;
            release(Fate.CLIENT_GONE);
            if (upstream != null) {
                upstream.close();
            }
        }
    }

    private void connect(ClusterState cluster, @Nullable EndpointLoad avoid) {
        long now = loop.ticker().nanos();
        UpstreamFailure refused = cluster.occupancy().refuseRequest();
        Pick pick = refused != null ? null : cluster.balancer().pick(avoid, hash, now);
        TraceContext trace = exchange.trace();
        if (refused != null) {
            exchange.shed(String.valueOf(refused.getMessage()));
        }
        if (pick == null || trace == null) {
            end((refused == null ? cluster.nobodyToAsk() : refused).fate());
            return;
        }
        EndpointLoad chosen = pick.chosen();
        EndpointLoad other = pick.other();
        Attempt begun = exchange.nextAttempt(
                exchange.attempts().isEmpty()
                        ? trace.spanId()
                        : trace.child(loop.random()).spanId(),
                now);
        begun.picked(
                chosen.endpoint(), pick.costMillis(), other == null ? null : other.endpoint(), pick.otherCostMillis());
        begun.pickedFor(pick.reason().label(), cluster.balancer().leftOut());
        attempt = begun;
        load = chosen;
        occupancy = cluster.occupancy();
        chosen.started();
        cluster.occupancy().began(begun.number());
        cluster.connector()
                .connect(cluster.cluster(), chosen.endpoint(), HalfClosure.ALLOWED)
                .addListener(done -> {
                    if (done.isSuccess()) {
                        connected(chosen, begun, (Channel) done.getNow());
                    } else {
                        notConnected(cluster, chosen, begun, (UpstreamFailure) done.cause());
                    }
                });
    }

    private void notConnected(ClusterState cluster, EndpointLoad chosen, Attempt failed, UpstreamFailure failure) {
        if (exchange.ended()) {
            return;
        }
        long now = loop.ticker().nanos();
        failed.ended(now, failure.fate(), 0);
        if (failure.fate() == Fate.QUEUE_FULL) {
            chosen.abandoned();
        } else {
            chosen.failed(now - failed.startNanos(), now);
        }
        cluster.occupancy().ended(failed.number());
        load = null;
        boolean again = failed.number() < MOST_ATTEMPTS
                && cluster.balancer().loads().size() > 1
                && cluster.occupancy().admitsRetry(failed.number())
                && cluster.budget().withdraw();
        failed.retryDecision(again, again ? "connect failure, nothing was sent" : "no further attempt at connecting");
        if (again) {
            connect(cluster, chosen);
        } else {
            end(failure.fate());
        }
    }

    private void connected(EndpointLoad chosen, Attempt made, Channel channel) {
        Channel accepted = client;
        if (exchange.ended() || accepted == null) {
            channel.close();
            return;
        }
        long now = loop.ticker().nanos();
        made.connected(now, /* reused= */ false);
        made.shaken(HandshakeTime.of(channel));
        // To a balancer a TCP connection is as slow as it was to make; how long it lives says nothing.
        chosen.answered(CONNECTED, now - made.startNanos(), /* retryAfterNanos= */ 0, now);
        chosen.started();
        upstream = channel;
        if (exchange.direction() == Direction.OUTBOUND) {
            String verified = PeerIdentity.verified(channel);
            exchange.peer(chosen.endpoint().workload(), verified, !verified.isEmpty());
        }
        channel.pipeline().addLast("relay", new UpstreamSide());
        while (!early.isEmpty()) {
            channel.write(early.removeFirst());
        }
        channel.flush();
        if (clientDone) {
            HalfClose.output(channel);
        } else {
            accepted.config().setAutoRead(true);
        }
        channel.config().setAutoRead(true);
    }

    // ---- from the client ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (exchange.ended()) {
            bytes.release();
            return;
        }
        exchange.received(bytes.readableBytes());
        if (upstream == null) {
            early.addLast(bytes);
        } else {
            pass(ctx.channel(), upstream, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (upstream != null) {
            upstream.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        resume(ctx.channel(), upstream);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (endsInput(event) && !clientDone) {
            clientDone = true;
            HalfClose.output(upstream);
            endWhenBothAreDone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        clientDone = true;
        end(upstreamDone || upstream == null ? ended() : Fate.CLIENT_GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        broken = true;
        end(Fate.CLIENT_GONE);
    }

    private Fate ended() {
        return upstream == null ? Fate.CLIENT_GONE : Fate.SERVED;
    }

    /** The other connection's events. */
    private final class UpstreamSide extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Channel accepted = client;
            if (accepted == null || exchange.ended()) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (attempt != null && exchange.bytesSent() == 0) {
                attempt.firstByte(loop.ticker().nanos());
            }
            if (speculation != null) {
                speculation.serverSpoke();
            }
            ByteBuf bytes = (ByteBuf) message;
            exchange.sent(bytes.readableBytes());
            pass(ctx.channel(), accepted, bytes);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (client != null) {
                client.flush();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            resume(ctx.channel(), client);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (endsInput(event) && !upstreamDone) {
                if (speculation != null) {
                    speculation.serverEnded();
                }
                upstreamDone = true;
                HalfClose.output(client);
                endWhenBothAreDone();
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            // An endpoint that closes has said all it had to say, unless it never said goodbye.
            end(upstreamDone || exchange.bytesSent() > 0 ? Fate.SERVED : Fate.RESET_BEFORE_HEADERS);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken = true;
            end(exchange.bytesSent() > 0 ? Fate.RESET_AFTER_HEADERS : Fate.RESET_BEFORE_HEADERS);
        }
    }

    // ---- both ways alike ----

    private void pass(Channel from, Channel to, ByteBuf bytes) {
        movedNanos = loop.ticker().nanos();
        to.write(bytes);
        if (!to.isWritable()) {
            to.flush();
            from.config().setAutoRead(to.isWritable());
        }
    }

    private static void resume(Channel writable, @Nullable Channel other) {
        if (other != null && writable.isWritable()) {
            other.config().setAutoRead(true);
        }
    }

    private static boolean endsInput(Object event) {
        return event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
    }

    private void endWhenBothAreDone() {
        if (clientDone && upstreamDone) {
            end(Fate.SERVED);
        }
    }

    @Override
    public void sweep(long nowNanos) {
        if (nowNanos - movedNanos > loop.limits().tcpIdleTimeout().toNanos()) {
            end(Fate.DEADLINE);
        }
    }

    @Override
    public double pace(long nowNanos) {
        return waits(client) || waits(upstream) ? exchange.pace(nowNanos) : Double.POSITIVE_INFINITY;
    }

    private static boolean waits(@Nullable Channel to) {
        return to != null && to.isActive() && !to.isWritable();
    }

    @Override
    public void drop() {
        end(Fate.BREAKER_OPEN);
        if (client != null) {
            Swept.cut(client);
        }
        if (upstream != null) {
            Swept.cut(upstream);
        }
    }

    private void end(Fate fate) {
        if (exchange.ended()) {
            return;
        }
        if (speculation != null) {
            // Nobody spoke, and nobody will.
            confirm(downstream, serverName);
        }
        release(fate);
        loop.observer().ended(exchange);
        if (broken) {
            HalfClose.breakAfterWrites(upstream, loop);
            HalfClose.breakAfterWrites(client, loop);
        } else {
            HalfClose.closeAfterWrites(upstream, loop);
            HalfClose.closeAfterWrites(client, loop);
        }
    }

    private void release(Fate fate) {
        loop.remove(this);
        long now = loop.ticker().nanos();
        if (attempt != null && attempt.outcome() == null) {
            attempt.ended(now, fate, 0);
        }
        if (load != null && occupancy != null && attempt != null) {
            load.abandoned();
            occupancy.ended(attempt.number());
        }
        while (!early.isEmpty()) {
            early.removeFirst().release();
        }
        exchange.end(fate, now);
    }
}
