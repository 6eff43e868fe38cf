package io.tracery.proxy.data;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, mended in two places of 4.2.18.
 *
 * <p>It takes a socket off epoll when it waits for nothing (a peer has ended its side and nothing is to be written), but
 * remembers it as there; the next wish to write then fails with ENOENT, and a long answer to a half-closed client is cut
 * off. Here a socket that waits for nothing stays, edge triggered, so that it wakes nobody up.
 *
 * <p>It hands events out by file descriptor. Of the events that one wait has returned, an early one may close a socket and
 * make a new one, which the kernel gives the same number; what a later event says of the old socket is then told the new
 * one, which may take itself for ended before it is connected, and hang. Here a socket hears only of what was returned by
 * a wait that began after it was put on epoll.
 */
final class MendedEpoll implements IoHandlerFactory {

    private final IoHandlerFactory factory = EpollIoHandler.newFactory();

    @Override
    public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new Handler(factory.newHandler(executor));
    }

    /** Of one event loop, and confined to it, but for {@link #wakeup}. */
    private static final class Handler implements IoHandler {

        private final IoHandler epoll;

        /** Waits that have begun. */
        private long waits;

        Handler(IoHandler epoll) {
            this.epoll = epoll;
        }

        @Override
        public int run(IoHandlerContext context) {
            waits++;
            return epoll.run(context);
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            Socket socket = new Socket(this, (EpollIoHandle) handle);
            return socket.registeredAs(epoll.register(socket));
        }

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return epoll.isCompatible(handleType);
        }
    }

    /** Stands between a channel and its registration, both ways. */
    @SuppressWarnings("try") // What close() throws is the channel's to say.
    private static final class Socket implements EpollIoHandle {

        private static final long NEVER = Long.MAX_VALUE;

        private final Handler loop;
        private final EpollIoHandle channel;

        /** The wait that had begun last when it was put on epoll. Until then it may stay off it. */
        private long addedIn = NEVER;

        Socket(Handler loop, EpollIoHandle channel) {
            this.loop = loop;
            this.channel = channel;
        }

        IoRegistration registeredAs(IoRegistration registration) {
            return new Registration(this, registration);
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (loop.waits > addedIn) {
                channel.handle(registration, event);
            }
        }

        @Override
        public FileDescriptor fd() {
            return channel.fd();
        }

        @Override
        public void registered() {
            channel.registered();
        }

        @Override
        public void unregistered() {
            channel.unregistered();
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }
    }

    private record Registration(Socket socket, IoRegistration registration) implements IoRegistration {

        @Override
        public long submit(IoOps ops) {
            boolean nothing = EpollIoOps.NONE.equals(ops);
            boolean added = socket.addedIn != Socket.NEVER;
            long submitted = registration.submit(nothing && added ? EpollIoOps.EPOLLET : ops);
            if (!nothing && !added) {
                socket.addedIn = socket.loop.waits;
            }
            return submitted;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
