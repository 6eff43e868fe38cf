package io.tracery.proxy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.api.SpiffeId;
import io.tracery.process.Component;
import io.tracery.process.ConfigException;
import io.tracery.process.Main;
import io.tracery.proxy.admin.AdminPages;
import io.tracery.proxy.admin.AdminServer;
import io.tracery.proxy.bootstrap.BootstrapReader;
import io.tracery.proxy.bootstrap.ProxyBootstrap;
import io.tracery.proxy.data.DataPath;
import io.tracery.proxy.data.DataPathConfig;
import io.tracery.proxy.identity.CertificateSettings;
import io.tracery.proxy.identity.IdentitySource;
import io.tracery.proxy.identity.WorkloadIdentity;
import io.tracery.proxy.loop.Ticker;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.tap.TapAttendant;
import io.tracery.proxy.telemetry.AccessLogConfig;
import io.tracery.proxy.telemetry.ProxyTelemetry;
import io.tracery.proxy.telemetry.ProxyVitals;
import io.tracery.proxy.telemetry.TelemetryConfig;
import io.tracery.proxy.upstream.Limits;
import io.tracery.proxy.xds.ConfigDump;
import io.tracery.proxy.xds.ControlPlaneChannel;
import io.tracery.proxy.xds.InvalidResource;
import io.tracery.proxy.xds.XdsClient;
import io.tracery.proxy.xds.XdsServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's composition root: what it is made of, in the order in which one part needs another, how it starts, when it
 * is ready and how it ends.
 */
public final class ProxyApp implements Component {

    private static final long HEAP_WATCH_BEGINS_SECONDS = 5;
    private static final Duration TAP_SETTLES_AFTER = Duration.ofSeconds(2);
    private static final Duration PATIENCE_WITH_LOOPS = Duration.ofMillis(200);
    private static final long LOOK_EVERY_MILLIS = 5;

    private final ProxyBootstrap bootstrap;
    private final EventLoopGroup control;
    private final MeshSnapshots snapshots;
    private final MeshSnapshot fixed;
    private final @Nullable WorkloadIdentity identity;
    private final ProxyTelemetry telemetry;
    private final DataPath data;
    private final @Nullable TapAttendant tap;
    private final @Nullable XdsClient xds;
    private final AdminServer admin;

    private volatile boolean draining;
    private volatile @Nullable Instant configured;

    private ProxyApp(ProxyBootstrap bootstrap, PrometheusMeterRegistry registry) throws InvalidResource {
        this.bootstrap = bootstrap;
        ProxyBootstrap.Settings settings = bootstrap.settings();
        // One thread for all that is not traffic: the admin port, and the bytes of xDS and certificates.
        this.control = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("control", /* daemon= */ true), NioIoHandler.newFactory());

        // What is in force. The bootstrap's own resources are, from the start; xDS adds to them.
        this.snapshots = new MeshSnapshots();
        this.fixed = bootstrap.resources().snapshot(1);

        // Who we are. Without it, what needs mutual TLS fails closed.
        SplittableRandom random = new SplittableRandom();
        CertificateSettings certificate = certificate(settings);
        this.identity = certificate == null
                ? null
                : new WorkloadIdentity(certificate, control, registry, Clock.systemUTC(), random.split());
        IdentitySource identities = identity == null ? () -> null : identity;

        // What is told of exchanges, then what runs them.
        this.telemetry = new ProxyTelemetry(
                new TelemetryConfig(
                        settings.kafka(),
                        settings.namespace(),
                        settings.workload(),
                        settings.version(),
                        bootstrap.nodeId(),
                        certificate == null ? "" : certificate.id().toString(),
                        accessLog(settings),
                        settings.spanBytesPerSecond(),
                        settings.recordedHeaders(),
                        settings.otlp()),
                registry);
        this.data = new DataPath(
                new DataPathConfig(settings.eventLoops(), Limits.DEFAULT, settings.zone(), settings.overload()),
                snapshots,
                identities,
                telemetry::observerFor,
                loop -> random.split(),
                Ticker.SYSTEM);

        // Who changes the snapshot, who may ask for exchanges through it, and who shows all of it.
        this.tap = tap(bootstrap, control, telemetry);
        this.xds = bootstrap.xds() == null
                ? null
                : new XdsClient(
                        bootstrap.nodeId(),
                        bootstrap.nodeCluster(),
                        ControlPlaneChannel.to(bootstrap.xds(), control),
                        bootstrap.resources(),
                        snapshots,
                        tap == null ? channel -> {} : tap::connected);
        this.admin = new AdminServer(
                bootstrap.admin(),
                control,
                new AdminPages(
                                this::missing,
                                registry::scrape,
                                this::configDump,
                                this::clusters,
                                () -> telemetry.requests(PATIENCE_WITH_LOOPS),
                                new TapPage(telemetry.tap()),
                                () -> data.detections().all())
                        .all());
        snapshots.onPublish(snapshot -> configured = Instant.now());
        telemetry.tell(this::vitals);
        telemetry.tellEndpoints(() -> data.endpointsInUse().thenApply(EndpointCosts::of));
        telemetry.tellUndeclared(
                () -> UndeclaredPorts.of(snapshots.current(), data.detections().all()));
        ProxyMetrics.bind(registry, data, snapshots, xds);
    }

    /**
     * A proxy that is ready to be started.
     *
     * @throws ConfigException when a part of the bootstrap that was well-formed cannot be honoured
     */
    public static ProxyApp build(ProxyBootstrap bootstrap, PrometheusMeterRegistry registry) {
        try {
            return new ProxyApp(bootstrap, registry);
        } catch (InvalidResource e) {
            throw new ConfigException("bootstrap", List.of("static_resources: " + e.getMessage()));
        }
    }

    private static @Nullable AccessLogConfig accessLog(ProxyBootstrap.Settings settings) {
        ProxyBootstrap.AccessLogSettings wanted = settings.accessLog();
        return wanted == null ? null : new AccessLogConfig(wanted.path(), wanted.samplePercent());
    }

    private static @Nullable CertificateSettings certificate(ProxyBootstrap.Settings settings) {
        ProxyBootstrap.IdentitySettings identity = settings.identity();
        if (identity == null) {
            return null;
        }
        try {
            ServiceAccount account = new ServiceAccount(settings.namespace(), identity.serviceAccount());
            return new CertificateSettings(
                    SpiffeId.ofServiceAccount(identity.trustDomain(), account),
                    identity.caHost(),
                    identity.caPort(),
                    identity.tokenFile(),
                    identity.trustAnchorFile());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("bootstrap", List.of("node.metadata.tracery.identity: " + e.getMessage()));
        }
    }

    private ProxyVitals vitals() {
        Instant since = configured;
        WorkloadIdentity.Validity certificate = identity == null ? null : identity.validity();
        return new ProxyVitals(
                snapshots.current().version(),
                since == null ? 0 : since.getEpochSecond(),
                certificate == null ? 0 : certificate.obtained().getEpochSecond(),
                certificate == null ? 0 : certificate.expires().getEpochSecond());
    }

    /**
     * Only where the control plane is who certifies us: nobody else is to be shown the token that makes certificates, and
     * that only over TLS.
     */
    private static @Nullable TapAttendant tap(
            ProxyBootstrap bootstrap, EventLoopGroup control, ProxyTelemetry telemetry) {
        XdsServer xds = bootstrap.xds();
        ProxyBootstrap.IdentitySettings identity = bootstrap.settings().identity();
        return xds == null
                        || identity == null
                        || xds.trustAnchorFile() == null
                        || !xds.host().equals(identity.caHost())
                        || xds.port() != identity.caPort()
                ? null
                : new TapAttendant(
                        bootstrap.nodeId(), identity.tokenFile(), telemetry.tap(), control, TAP_SETTLES_AFTER);
    }

    @Override
    public String name() {
        return "proxy";
    }

    /** Probes first, so that they see the rest coming; traffic once there is somebody to observe it. */
    @Override
    public void start() throws Exception {
        try {
            admin.start();
            if (identity != null) {
                identity.start();
            }
            telemetry.start();
            data.start();
            if (!fixed.listeners().isEmpty() || xds == null) {
                snapshots.publish(fixed);
            }
            if (xds != null) {
                xds.start();
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean ready() {
        return missing().isEmpty();
    }

    /** What it still lacks to serve, a line each; empty when it is ready. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (draining) {
            missing.add("it is draining");
        }
        if (snapshots.current().version() == 0) {
            missing.add("configuration: the control plane has sent none yet");
        }
        if (identity != null && !identity.ready()) {
            missing.add("identity: there is no valid certificate");
        }
        data.bindFailures().forEach((listener, why) -> missing.add("listener " + listener + ": " + why));
        if (missing.isEmpty() && !data.ready()) {
            missing.add("listeners: none, or not all of them are bound");
        }
        return missing;
    }

    /** Where the admin port listens. */
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /** Listener name to the address it is bound to. */
    public Map<String, InetSocketAddress> listeners() {
        return data.bound();
    }

    private String configDump() {
        return ConfigDump.of(xds == null ? bootstrap.resources() : xds.resources(), snapshots.current());
    }

    private String clusters(AdminPages.Layout layout) {
        return ClustersPage.of(data.endpoints(PATIENCE_WITH_LOOPS), layout);
    }

    /** Not ready any more, then what is open may finish until the drain timeout; telemetry tells of it before it goes. */
    @Override
    public void close() {
        draining = true;
        data.drain(bootstrap.settings().drainTimeout());
        if (tap != null) {
            tap.close();
        }
        if (xds != null) {
            xds.close();
        }
        telemetry.close();
        if (identity != null) {
            identity.close();
        }
        admin.close();
        control.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /**
     * Runs a sidecar until TERM or INT. Exit status 64 says that the command line or the bootstrap is wrong, 1 that it could
     * not start.
     *
     * @param args {@code --bootstrap FILE}
     */
    public static void main(String[] args) {
        ProxyLogging.configure();
        if (args.length != 2 || !args[0].equals("--bootstrap")) {
            System.err.println("usage: --bootstrap FILE");
            System.exit(Main.EXIT_USAGE);
        }
        ProxyApp proxy;
        try {
            proxy = build(
                    BootstrapReader.read(Path.of(args[1])), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(Main.EXIT_USAGE);
            return;
        }
        proxy.sayWhenReady();
        proxy.watchHeap();
        Main.run(proxy);
    }

    /** Not at the start, which has other things to do. */
    private void watchHeap() {
        control.schedule(
                () -> control.scheduleWithFixedDelay(new SoftHeapLimit(), 0, 1, TimeUnit.SECONDS),
                HEAP_WATCH_BEGINS_SECONDS,
                TimeUnit.SECONDS);
    }

    /** The one line that a start prints. */
    private void sayWhenReady() {
        control.schedule(
                () -> {
                    if (ready()) {
                        System.out.println(new StartLine(bootstrap.nodeId(), adminAddress(), listeners()));
                    } else {
                        sayWhenReady();
                    }
                },
                LOOK_EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
    }
}
