package io.tracery.topology.fleet;

import io.tracery.topology.history.WindowStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of one partition and what happened to them. A workload's proxies are all in one partition, so whether a version is
 * new is decided here. Written by the stream's thread, read by any.
 */
public final class PartitionFleet {

    /** Proxies speak at least every 30 s: one report may be lost. */
    public static final long SILENT_MILLIS = 65_000;

    private static final long FORGOTTEN_MILLIS = 3_600_000;
    private static final long SAVED_EVERY_MILLIS = 30_000;

    /** A configuration that took effect this soon after a proxy's start is its first, not a change. */
    private static final long FIRST_MILLIS = 20_000;

    /** Of a certificate's time, what may be left before it is told of: a proxy renews long before. */
    private static final double SOON_SHARE = 0.1;

    private static final int MOST_EVENTS_DELETED = 1_000;

    private final WindowStore store;
    private final long keepMillis;
    private final Map<String, ProxyReport> proxies = new ConcurrentHashMap<>();
    private final Map<String, Long> saved = new ConcurrentHashMap<>();

    /** Whom a proxy speaks for: proxies of the same are each other's replicas. */
    private record Speaker(String node, String version) {
        static Speaker of(ProxyReport proxy) {
            return new Speaker(proxy.node(), proxy.version());
        }
    }

    /** @param keepMillis how long events are kept */
    public PartitionFleet(WindowStore store, long keepMillis) {
        this.store = store;
        this.keepMillis = keepMillis;
        store.visit(FleetCodec.proxiesFrom(), FleetCodec.proxiesTo(), (key, value) -> {
            ProxyReport known = FleetCodec.readProxy(value);
            proxies.put(known.instance(), known);
            return true;
        });
    }

    /** A proxy spoke. */
    public void heard(ProxyReport report) {
        ProxyReport before = proxies.get(report.instance());
        if (before != null && report.timeMillis() < before.timeMillis()) {
            return;
        }
        ProxyReport now = before == null ? report : report.after(before);
        if (before == null
                || !before.version().equals(now.version())
                || !before.node().equals(now.node())) {
            if (proxies.values().stream().noneMatch(other -> speaksFor(now, other))) {
                happened(deploy("appeared", now, Math.max(now.startMillis(), now.timeMillis() - SILENT_MILLIS)));
            }
        }
        proxies.put(now.instance(), now);
        if (before != null && !before.version().equals(now.version())) {
            leftIfLast(before);
        }
        configuration(before, now);
        certificate(before, now);
        boolean changed = before == null
                || !before.version().equals(now.version())
                || before.startMillis() != now.startMillis()
                || !Objects.equals(before.configurationMillis(), now.configurationMillis())
                || !Objects.equals(before.certificateExpires(), now.certificateExpires());
        if (changed || now.timeMillis() - saved.getOrDefault(now.instance(), 0L) > SAVED_EVERY_MILLIS) {
            saved.put(now.instance(), now.timeMillis());
            store.put(FleetCodec.proxyKey(now.instance()), FleetCodec.write(now.lasting()));
        }
    }

    private static boolean speaksFor(ProxyReport proxy, ProxyReport other) {
        return proxy.node().equals(other.node()) && proxy.version().equals(other.version());
    }

    private void configuration(@Nullable ProxyReport before, ProxyReport now) {
        Long since = now.configurationMillis();
        if (since == null
                || (before != null && since.equals(before.configurationMillis()))
                || since < now.startMillis() + FIRST_MILLIS) {
            return;
        }
        happened(new MeshEvent(
                since,
                MeshEvent.CONFIGURATION,
                "applied",
                now.node(),
                now.instance(),
                null,
                now.node() + ": configuration " + now.configurationVersion() + " took effect in " + now.instance()));
    }

    private void certificate(@Nullable ProxyReport before, ProxyReport now) {
        Long issued = now.certificateIssued();
        if (issued != null && (before == null || !issued.equals(before.certificateIssued()))) {
            happened(certificate("issued", now, issued, "got a certificate"));
        }
    }

    /**
     * Once a second: versions whose last proxy fell silent are gone, certificates end.
     *
     * @param silence how long a time ago is, while data flowed
     */
    public void tick(long now, LongUnaryOperator silence) {
        Map<Speaker, Long> newest = new HashMap<>();
        proxies.values().forEach(proxy -> newest.merge(Speaker.of(proxy), proxy.timeMillis(), Math::max));
        for (ProxyReport proxy : List.copyOf(proxies.values())) {
            long silent = silence.applyAsLong(proxy.timeMillis());
            if (silent > FORGOTTEN_MILLIS) {
                proxies.remove(proxy.instance());
                saved.remove(proxy.instance());
                store.delete(FleetCodec.proxyKey(proxy.instance()));
            } else if (silent > SILENT_MILLIS) {
                if (proxy.timeMillis() >= newest.getOrDefault(Speaker.of(proxy), 0L)) {
                    happened(deploy("gone", proxy, proxy.timeMillis()));
                }
            } else {
                warn(proxy, now);
            }
        }
        expire(now);
    }

    private void leftIfLast(ProxyReport gone) {
        if (proxies.values().stream().noneMatch(other -> speaksFor(gone, other))) {
            happened(deploy("gone", gone, gone.timeMillis()));
        }
    }

    private void warn(ProxyReport proxy, long now) {
        Long issued = proxy.certificateIssued();
        Long expires = proxy.certificateExpires();
        if (issued == null || expires == null) {
            return;
        }
        long soon = expires - (long) ((expires - issued) * SOON_SHARE);
        if (now >= expires) {
            happened(certificate("expired", proxy, expires, "has a certificate that expired"));
        } else if (now >= soon) {
            happened(certificate("expires_soon", proxy, soon, "has not renewed its certificate, which expires soon"));
        }
    }

    private static MeshEvent deploy(String action, ProxyReport proxy, long time) {
        String version = proxy.version().isEmpty() ? null : proxy.version();
        String what = proxy.node() + (version == null ? "" : " " + version);
        return new MeshEvent(
                time,
                MeshEvent.DEPLOY,
                action,
                proxy.node(),
                null,
                version,
                what + (action.equals("gone") ? " is gone" : " appeared"));
    }

    private static MeshEvent certificate(String action, ProxyReport proxy, long time, String text) {
        return new MeshEvent(
                time,
                MeshEvent.CERTIFICATE,
                action,
                proxy.node(),
                proxy.instance(),
                null,
                proxy.instance() + " " + text);
    }

    /** The same event at the same time is one, however often it is noticed. */
    private void happened(MeshEvent event) {
        byte[] key = FleetCodec.eventKey(event.t(), event.name());
        if (store.get(key) == null) {
            store.put(key, FleetCodec.write(event));
        }
    }

    private void expire(long now) {
        List<byte[]> old = new ArrayList<>();
        store.visit(FleetCodec.eventsFrom(0), FleetCodec.eventsFrom(now - keepMillis), (key, value) -> {
            old.add(key);
            return old.size() < MOST_EVENTS_DELETED;
        });
        old.forEach(store::delete);
    }

    /** As they last spoke. */
    public Collection<ProxyReport> proxies() {
        return proxies.values();
    }

    /** In the order of time. */
    public void events(long from, long to, Consumer<MeshEvent> sink) {
        store.visit(FleetCodec.eventsFrom(from), FleetCodec.eventsFrom(to), (key, value) -> {
            sink.accept(FleetCodec.readEvent(value));
            return true;
        });
    }
}
