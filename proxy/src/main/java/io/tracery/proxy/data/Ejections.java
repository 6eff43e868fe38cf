package io.tracery.proxy.data;

import io.tracery.proxy.balance.EjectionObserver;
import io.tracery.proxy.balance.EjectionReason;
import io.tracery.proxy.mesh.Endpoint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints that were left out because they failed, by cluster and reason; a line in the log for each. Any thread. */
public final class Ejections implements EjectionObserver {

    private static final Logger log = LoggerFactory.getLogger(Ejections.class);

    private final Map<Of, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile Registration registration = (of, count) -> {};

    /** What a count is of. */
    public record Of(String cluster, EjectionReason reason) {}

    /** Hears of each cluster and reason once, with its count. */
    public interface Registration {

        void add(Of of, LongAdder count);
    }

    /** Tells of all counts that there are and will be; there is one registration. */
    public void register(Registration one) {
        registration = one;
        counts.forEach(one::add);
    }

    @Override
    public void ejected(String cluster, Endpoint endpoint, EjectionReason reason, long forNanos) {
        Of of = new Of(cluster, reason);
        LongAdder count = counts.get(of);
        if (count == null) {
            LongAdder fresh = new LongAdder();
            LongAdder raced = counts.putIfAbsent(of, fresh);
            count = raced == null ? fresh : raced;
            if (raced == null) {
                registration.add(of, fresh);
            }
        }
        count.increment();
        log.warn(
                "{} of {} is left out for {} ms: {}",
                endpoint.address(),
                cluster,
                TimeUnit.NANOSECONDS.toMillis(forNanos),
                reason.label());
    }

    @Override
    public void returned(String cluster, Endpoint endpoint) {
        log.info("{} of {} has answered and takes part again", endpoint.address(), cluster);
    }
}
