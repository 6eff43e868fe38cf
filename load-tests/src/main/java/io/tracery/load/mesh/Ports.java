package io.tracery.load.mesh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nobody uses at the moment, none of them twice. They are below those that the system takes for outgoing connections
 * (32768 and up on Linux): one of these could have the port before whoever asked for it.
 */
public final class Ports {

    private static final int FIRST = 20_000;

    /** The lab's own begin at 27,000. */
    private static final int COUNT = 6_900;

    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    public static int free() {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "of the ports " + FIRST + " to " + (FIRST + COUNT - 1) + " none is free on loopback");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }
}
