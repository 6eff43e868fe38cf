package io.tracery.proxy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.netty.buffer.PooledByteBufAllocatorMetric;
import io.tracery.proxy.data.DataPath;
import io.tracery.proxy.data.Refusals;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.xds.XdsClient;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Figures of the proxy as a process; those of its exchanges are telemetry's, those of its certificate are identity's. */
final class ProxyMetrics {

    private ProxyMetrics() {}

    static void bind(MeterRegistry registry, DataPath data, MeshSnapshots snapshots, @Nullable XdsClient xds) {
        Gauge.builder("tracery.proxy.connections", data, DataPath::connections)
                .description("Client connections that are open")
                .register(registry);
        Gauge.builder(
                        "tracery.proxy.buffers",
                        BufferMemory.ALLOCATOR.metric(),
                        PooledByteBufAllocatorMetric::usedDirectMemory)
                .description("Memory that buffers of the data path take, those kept for the next use included")
                .baseUnit("bytes")
                .register(registry);
        BufferMemory memory = data.memory();
        Gauge.builder("tracery.proxy.buffers.held", memory, BufferMemory::held)
                .description("Of that, what is in use")
                .baseUnit("bytes")
                .register(registry);
        bound(registry, memory, "shed", of -> of.bounds().shedBytes());
        bound(registry, memory, "drop", of -> of.bounds().dropBytes());
        overload(registry, memory, "shed", BufferMemory::shed);
        overload(registry, memory, "dropped", BufferMemory::dropped);
        refusals(registry, data.refusals());
        data.ejections()
                .register((of, count) -> FunctionCounter.builder("tracery.proxy.ejections", count, LongAdder::sum)
                        .description("Endpoints left out because they failed, by cluster and reason")
                        .tag("cluster", of.cluster())
                        .tag("reason", of.reason().label())
                        .register(registry));
        data.detections()
                .register((of, count) -> FunctionCounter.builder("tracery.proxy.detections", count, LongAdder::sum)
                        .description("Connections to ports of undeclared protocol, by listener and what they spoke")
                        .tag("listener", of.listener())
                        .tag("opening", of.opening().label())
                        .register(registry));
        Gauge.builder("tracery.proxy.snapshot", snapshots, s -> s.current().version())
                .description("Version of the configuration in force; counts up by one for each that took effect")
                .register(registry);
        Gauge.builder(
                        "tracery.proxy.rate_limit.keys",
                        snapshots,
                        s -> s.current().rateLimitKeys())
                .description("Keys that rate limits tell apart now, over all limits")
                .register(registry);
        if (xds != null) {
            Gauge.builder("tracery.proxy.xds.connected", xds, client -> client.connected() ? 1 : 0)
                    .description("1 while the control plane's stream is up")
                    .register(registry);
            FunctionCounter.builder("tracery.proxy.xds.rejected", xds, XdsClient::rejected)
                    .description("Configurations refused, the last good one staying in force")
                    .register(registry);
        }
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private static void refusals(MeterRegistry registry, Refusals refusals) {
        refused(registry, refusals, "overload", Refusals::overloads);
        refused(registry, refusals, "no_identity", Refusals::withoutIdentity);
        refused(registry, refusals, "unverified_peer", Refusals::ofUnverifiedPeers);
        refused(registry, refusals, "over_limit", Refusals::overLimit);
        refused(registry, refusals, "silent", Refusals::ofSilentClients);
        refused(registry, refusals, "abusive", Refusals::ofAbusiveClients);
        refused(registry, refusals, "malformed", Refusals::ofMalformedConnections);
        FunctionCounter.builder("tracery.proxy.streams.refused", refusals, Refusals::ofStreams)
                .description("HTTP/2 streams that were one too many for their connection")
                .register(registry);
    }

    private static void bound(
            MeterRegistry registry, BufferMemory memory, String bound, ToDoubleFunction<BufferMemory> bytes) {
        Gauge.builder("tracery.proxy.buffers.bound", memory, bytes)
                .description("What may be held before requests are shed, and before the slowest are ended")
                .baseUnit("bytes")
                .tag("bound", bound)
                .register(registry);
    }

    private static void overload(
            MeterRegistry registry, BufferMemory memory, String action, ToDoubleFunction<BufferMemory> count) {
        FunctionCounter.builder("tracery.proxy.overload", memory, count)
                .description(
                        "Requests shed, and exchanges and connections ended, because too much waited for slow peers")
                .tag("action", action)
                .register(registry);
    }

    private static void refused(
            MeterRegistry registry, Refusals refusals, String reason, ToDoubleFunction<Refusals> count) {
        FunctionCounter.builder("tracery.proxy.connections.refused", refusals, count)
                .description("Connections that were turned away or ended for what the client did, by reason")
                .tag("reason", reason)
                .register(registry);
    }
}
