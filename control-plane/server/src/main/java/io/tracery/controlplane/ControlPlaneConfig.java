package io.tracery.controlplane;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of the control plane. A port of 0 stands for its default.
 *
 * @param meshDir folder of mesh configuration, watched; required
 * @param caDir where the root key and {@code root.pem} are kept; made at the first start; required
 * @param jwksFile public keys that sign service account tokens; absent: this control plane signs its own, one for every
 *     Sidecar, into {@code tokenDir}
 * @param tokenDir where tokens of its own are written; required without a {@code jwksFile}
 * @param trustDomain SPIFFE trust domain, default {@code tracery.local}
 * @param host address of the ports, default 127.0.0.1
 * @param serverNames names beside localhost that the server's certificate is for
 * @param port xDS and certificates, gRPC over TLS, default 15010
 * @param adminPort {@code /live}, {@code /ready}, {@code /metrics} when it runs as its own process, default 15014
 * @param certificateLifeMinutes how long sidecars' certificates are valid, default 1440 (a day); they are renewed at about
 *     70 % of that
 * @param tapTokens file with the tokens of those who may look at single exchanges; absent: with a {@code tokenDir} one is
 *     made at the start and written there as {@code tap.token}, else nobody may
 */
public record ControlPlaneConfig(
        Path meshDir,
        Path caDir,
        @Nullable Path jwksFile,
        @Nullable Path tokenDir,
        String trustDomain,
        String host,
        List<String> serverNames,
        int port,
        int adminPort,
        int certificateLifeMinutes,
        @Nullable Path tapTokens) {

    private static final int DAY_MINUTES = 1_440;

    /** Without tap tokens of others. */
    public ControlPlaneConfig(
            Path meshDir,
            Path caDir,
            @Nullable Path jwksFile,
            @Nullable Path tokenDir,
            String trustDomain,
            String host,
            List<String> serverNames,
            int port,
            int adminPort,
            int certificateLifeMinutes) {
        this(
                meshDir,
                caDir,
                jwksFile,
                tokenDir,
                trustDomain,
                host,
                serverNames,
                port,
                adminPort,
                certificateLifeMinutes,
                null);
    }

    /** With certificates for a day, and without tap tokens of others. */
    public ControlPlaneConfig(
            Path meshDir,
            Path caDir,
            @Nullable Path jwksFile,
            @Nullable Path tokenDir,
            String trustDomain,
            String host,
            List<String> serverNames,
            int port,
            int adminPort) {
        this(meshDir, caDir, jwksFile, tokenDir, trustDomain, host, serverNames, port, adminPort, DAY_MINUTES, null);
    }

    public ControlPlaneConfig {
        if (meshDir == null || caDir == null) {
            throw new IllegalArgumentException("meshDir and caDir are required: name two folders");
        }
        if ((jwksFile == null) == (tokenDir == null)) {
            throw new IllegalArgumentException(
                    "name either jwksFile, whose tokens are taken, or tokenDir, to write some");
        }
        trustDomain = trustDomain == null ? "tracery.local" : trustDomain;
        host = host == null ? "127.0.0.1" : host;
        serverNames = serverNames == null ? List.of() : List.copyOf(serverNames);
        port = port == 0 ? 15_010 : port;
        adminPort = adminPort == 0 ? 15_014 : adminPort;
        certificateLifeMinutes = certificateLifeMinutes == 0 ? DAY_MINUTES : certificateLifeMinutes;
        if (certificateLifeMinutes < 1 || certificateLifeMinutes > 7 * DAY_MINUTES) {
            throw new IllegalArgumentException(
                    "certificateLifeMinutes must be 1..10080 (a week), not " + certificateLifeMinutes);
        }
    }
}
