package io.tracery.load.lab.load;

import io.netty.channel.ChannelPipeline;
import java.util.Locale;

/** In which protocol the open loop asks, for 1 KiB each time. */
public enum Ask {
    HTTP1(1) {
        @Override
        void open(ChannelPipeline pipeline, Schedule schedule, int streams) {
            pipeline.addLast(new Http1Exchange(schedule));
        }
    },

    /** With prior knowledge. */
    HTTP2(8) {
        @Override
        void open(ChannelPipeline pipeline, Schedule schedule, int streams) {
            Http2Exchanges.open(pipeline, schedule, streams, Http2Exchanges.GET);
        }
    },

    /** Unary calls, 1 KiB there as well. */
    GRPC(8) {
        @Override
        void open(ChannelPipeline pipeline, Schedule schedule, int streams) {
            Http2Exchanges.open(pipeline, schedule, streams, Http2Exchanges.CALL);
        }
    };

    private final int most;

    Ask(int most) {
        this.most = most;
    }

    /** Adds the client's handlers to a connection that has room for so many requests at once. */
    abstract void open(ChannelPipeline pipeline, Schedule schedule, int streams);

    /** Of so many requests at once, those on one connection. */
    int streams(int concurrent) {
        return Math.min(most, concurrent);
    }

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Ask labelled(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
