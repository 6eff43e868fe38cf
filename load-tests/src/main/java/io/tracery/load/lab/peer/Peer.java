package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.NetworkNamespace;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.util.List;

/**
 * A proxy that the lab can measure. Each balances round robin or better over the backends, keeps connections on both sides,
 * runs on one thread or one core, logs nothing; with TLS it is TLS 1.3 with AES-128-GCM and both ends verified.
 */
public interface Peer extends AutoCloseable {

    String name();

    /** The version it says it has. */
    String version() throws IOException, InterruptedException;

    /** True when it can stand so. */
    boolean fits(Shape shape);

    /**
     * Sees to it that its program is there.
     *
     * @param installs how to get it where it is not
     * @throws IOException saying how a person gets it
     */
    void require(Installs installs) throws IOException, InterruptedException;

    /** True when it has to be told by the kernel where connections were going, which only {@link NetworkNamespace} does. */
    default boolean intercepts() {
        return false;
    }

    /** Writes the configuration and answers what to start, in this order: the one that the load meets comes last. */
    List<Server.Launch> prepare(Site site) throws IOException, InterruptedException;

    /** Ends what it has beside its proxies. */
    @Override
    default void close() {}
}
