package io.tracery.proxy.mesh;

import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RouteTable;
import io.tracery.proxy.route.ServerNames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One address on which the proxy accepts, and what it does with what comes.
 *
 * @param name the xDS name, unique in a snapshot
 * @param direction which side of the application it serves
 * @param bind where it listens
 * @param tls what it accepts
 * @param handler how bytes are understood
 */
public record Listener(String name, Direction direction, InetSocketAddress bind, DownstreamTls tls, Handler handler) {

    /** How a listener understands its bytes. */
    public sealed interface Handler {

        /** Where HTTP goes; null where none is understood. */
        default @Nullable RouteTable routes() {
            return null;
        }

        /**
         * Where a connection of opaque bytes goes; null for nowhere.
         *
         * @param serverName that its TLS asks for, empty where it has none or nobody looked
         */
        default @Nullable ClusterSplit split(String serverName) {
            return null;
        }

        /** Everywhere that opaque bytes may go; empty where none are taken. */
        default List<ClusterSplit> splits() {
            return List.of();
        }

        /** HTTP/1.1 or HTTP/2, told apart by the connection preface; gRPC is HTTP/2. */
        record Http(RouteTable routes) implements Handler {}

        /** Opaque bytes; each connection is one exchange. */
        record Tcp(ClusterSplit split) implements Handler {

            @Override
            public ClusterSplit split(String serverName) {
                return split;
            }

            @Override
            public List<ClusterSplit> splits() {
                return List.of(split);
            }
        }

        /** Opaque bytes that are TLS of the application's own, which is not opened: where they go is in their first message. */
        record Tls(ServerNames names) implements Handler {

            @Override
            public @Nullable ClusterSplit split(String serverName) {
                return names.find(serverName);
            }

            @Override
            public List<ClusterSplit> splits() {
                return names.splits();
            }
        }

        /**
         * HTTP or opaque bytes, whichever a connection turns out to speak.
         *
         * @param greeting how long a client may be silent before its server is asked whether it speaks first
         */
        record Auto(RouteTable routes, ClusterSplit split, Duration greeting) implements Handler {

            @Override
            public ClusterSplit split(String serverName) {
                return split;
            }

            @Override
            public List<ClusterSplit> splits() {
                return List.of(split);
            }
        }
    }
}
