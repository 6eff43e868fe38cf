package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a kernel, before it is registered: what is written to it is counted and gone, and what its peer says
 * is handed in by a call. All of one event loop run in the thread that calls.
 */
final class MemorySocket extends EmbeddedChannel {

    private static final Set<ChannelOption<?>> OF_SOCKETS =
            Set.of(ChannelOption.TCP_NODELAY, ChannelOption.ALLOW_HALF_CLOSURE);

    // Null while the superclass is being made.
    private final @Nullable ChannelConfig config;
    private int written;

    MemorySocket() {
        super(DefaultChannelId.newInstance(), /* register= */ false, /* hasDisconnect= */ false);
        config = new DefaultChannelConfig(this) {
            @Override
            public <T> boolean setOption(ChannelOption<T> option, T value) {
                return OF_SOCKETS.contains(option) || super.setOption(option, value);
            }
        };
    }

    @Override
    public ChannelConfig config() {
        return config == null ? super.config() : config;
    }

    /** The peer says something: as from a socket, it is read into a buffer of its own out of the pool. */
    void read(ByteBuf said) {
        int length = said.readableBytes();
        ByteBuf read = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        read.writeBytes(said, said.readerIndex(), length);
        pipeline().fireChannelRead(read);
        pipeline().fireChannelReadComplete();
    }

    @Override
    protected void handleOutboundMessage(Object message) {
        ByteBuf bytes = (ByteBuf) message;
        written += bytes.readableBytes();
        bytes.release();
    }

    /** How many bytes were written since the last call: a benchmark in which too little moves measures something else. */
    int takeWritten(int least) {
        int bytes = written;
        written = 0;
        if (bytes < least) {
            throw new IllegalStateException(bytes + " bytes were written, not " + least);
        }
        return bytes;
    }
}
