package io.tracery.proxy.data;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Http1Connection;
import io.tracery.proxy.http.Http2Connection;
import io.tracery.proxy.http1.Http1ServerCodec;
import io.tracery.proxy.upstream.Limits;
import java.time.Duration;

/** The part of both stacks that understands HTTP: from the first byte in clear to whole exchanges. */
final class HttpStack implements ProtocolDetector.Choice {

    private final Downstream downstream;
    private final Refusals refusals;
    private final Limits limits;

    HttpStack(Downstream downstream, Refusals refusals) {
        this.downstream = downstream;
        this.refusals = refusals;
        this.limits = downstream.loop().limits();
    }

    /** The same on a connection of which it was found out that it speaks HTTP. */
    HttpStack detectedBy(Opening opening) {
        return new HttpStack(downstream.detectedBy(opening.label()), refusals);
    }

    /** Puts the detector at the end; the protocol's handlers follow when the first bytes are there. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast("protocol", new ProtocolDetector(this, limits.headTimeout(), refusals));
    }

    /** Where the port may speak something else: HTTP's handlers, or a relay, follow when it is known what it speaks. */
    void detect(ChannelPipeline pipeline, Detections detections, Duration greeting) {
        pipeline.addLast("protocol", new OpeningDetector(downstream, this, detections, greeting));
    }

    @Override
    public void http1(ChannelHandlerContext after) {
        Http1ServerCodec codec = new Http1ServerCodec(limits.http1());
        after.pipeline()
                .addLast("http1", codec)
                .addLast("exchanges", new Http1Connection(downstream, codec, this::http2));
    }

    @Override
    public void http2(ChannelHandlerContext after) {
        after.pipeline().addLast("http2", http2());
    }

    private Http2Connection http2() {
        return new Http2Connection(downstream, refusals::http2);
    }
}
