package io.tracery.proxy.xds;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the control plane is.
 *
 * @param host name or address; with TLS, what its certificate must be for
 * @param port TCP port
 * @param trustAnchorFile PEM of who may have signed its certificate; null for plain text
 */
public record XdsServer(String host, int port, @Nullable Path trustAnchorFile) {}
