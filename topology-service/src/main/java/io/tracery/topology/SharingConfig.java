package io.tracery.topology;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How several processes with one application id share the work.
 *
 * @param instance name of this process among them, the same over restarts; default {@code one}
 * @param advertised {@code host:port} under which the others reach this process's API; default {@code host} and {@code port},
 *     or where {@code host} is a wildcard this machine's address
 */
public record SharingConfig(
        @Nullable String instance, @Nullable String advertised) {

    private static final Logger log = LoggerFactory.getLogger(SharingConfig.class);
    private static final Pattern INSTANCE = Pattern.compile("[a-zA-Z0-9._-]{1,100}");
    private static final Pattern ADDRESS = Pattern.compile("[a-zA-Z0-9._-]+:[0-9]{1,5}");

    static final SharingConfig DEFAULT = new SharingConfig(null, null);

    public SharingConfig {
        instance = instance == null ? "one" : instance;
        if (!INSTANCE.matcher(instance).matches()) {
            throw new IllegalArgumentException(
                    "sharing.instance must be 1 to 100 letters, digits, dots, dashes and underscores, not " + instance);
        }
        if (advertised != null && !ADDRESS.matcher(advertised).matches()) {
            throw new IllegalArgumentException("sharing.advertised must be host:port, not " + advertised);
        }
    }

    /** Where the others reach an API that listens on a host and port. */
    String address(String host, int port) {
        if (advertised != null) {
            return advertised;
        }
        try {
            InetAddress listening = InetAddress.getByName(host);
            String reached =
                    listening.isAnyLocalAddress() ? InetAddress.getLocalHost().getHostAddress() : host;
            return reached + ":" + port;
        } catch (UnknownHostException e) {
            log.warn(
                    "where others reach this process is not known ({}): if others share its work, set sharing.advertised to host:port",
                    e.toString());
            return host + ":" + port;
        }
    }
}
