package io.tracery.controlplane;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.ca.CertificateAuthority;
import io.tracery.controlplane.ca.CertificateService;
import io.tracery.controlplane.ca.LocalTokens;
import io.tracery.controlplane.ca.ServerIdentity;
import io.tracery.controlplane.ca.TokenVerifier;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.source.ConfigFolder;
import io.tracery.controlplane.tap.TapService;
import io.tracery.controlplane.tap.TapTokens;
import io.tracery.controlplane.xds.AdsService;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The control plane's composition root. */
public final class ControlPlaneApp {

    private static final int MOST_REQUEST_BYTES = 1024 * 1024;

    private ControlPlaneApp() {}

    public static void main(String[] args) {
        Main.run(args, ControlPlaneConfig.class, config -> {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            Component controlPlane = build(config, registry);
            return new Components(
                    "control-plane",
                    List.of(
                            controlPlane,
                            new AdminServer(
                                    new InetSocketAddress(config.host(), config.adminPort()),
                                    registry,
                                    List.of(controlPlane))));
        });
    }

    /**
     * Everything that makes the control plane, in the order in which it depends on each other.
     *
     * @throws UncheckedIOException when keys or tokens cannot be read or written
     */
    public static Component build(ControlPlaneConfig config, MeterRegistry registry) {
        Clock clock = Clock.systemUTC();
        List<Component> parts = new ArrayList<>();
        try {
            CertificateAuthority authority = CertificateAuthority.open(
                    config.caDir(), config.trustDomain(), Duration.ofMinutes(config.certificateLifeMinutes()), clock);
            Path tokenDir = config.tokenDir();
            LocalTokens tokens = tokenDir == null ? null : LocalTokens.open(tokenDir, clock);
            if (tokens != null) {
                parts.add(tokens);
            }
            Path jwks = Objects.requireNonNull(tokens != null ? tokens.jwksFile() : config.jwksFile());
            TokenVerifier verifier = TokenVerifier.open(jwks, LocalTokens.AUDIENCE, clock);
            AdsService ads = new AdsService(config.trustDomain(), registry);
            TapService tap = new TapService(
                    new TapTokens(config.tapTokens(), tokens == null ? null : tokens.tapToken(), clock),
                    verifier,
                    ads::sidecar,
                    clock,
                    registry);
            ServerIdentity identity = new ServerIdentity(authority, config.serverNames(), clock);
            Server server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(config.host(), config.port()), identity.credentials())
                    .addService(ads)
                    .addService(new CertificateService(authority, verifier, registry))
                    .addService(tap)
                    .maxInboundMessageSize(MOST_REQUEST_BYTES)
                    .keepAliveTime(30, TimeUnit.SECONDS)
                    .permitKeepAliveTime(10, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .build();
            // Tokens before views: a proxy that is told of its sidecar can get its certificate at once.
            parts.add(new ConfigFolder(
                    config.meshDir(),
                    model -> {
                        keepTokens(tokens, model);
                        ads.publish(model);
                    },
                    registry));
            parts.add(tap);
            parts.add(new GrpcPort(server, config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Components("control-plane", parts);
    }

    private static void keepTokens(@Nullable LocalTokens tokens, MeshModel model) {
        if (tokens == null) {
            return;
        }
        try {
            tokens.keep(model.sidecars().values().stream()
                    .map(sidecar -> new ServiceAccount(sidecar.name().namespace(), sidecar.serviceAccount()))
                    .collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException("service account tokens cannot be written", e);
        }
    }

    /** The gRPC server as a part that starts and ends with the others. */
    private record GrpcPort(Server server, ControlPlaneConfig config) implements Component {

        @Override
        public String name() {
            return "xds and certificates";
        }

        @Override
        public void start() throws IOException {
            try {
                server.start();
            } catch (IOException e) {
                throw new IOException(
                        config.host() + ":" + config.port() + " cannot be opened for xDS and certificates: "
                                + e.getMessage(),
                        e);
            }
        }

        @Override
        public boolean ready() {
            return !server.isShutdown();
        }

        @Override
        public void close() {
            server.shutdownNow();
            try {
                server.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
