package io.tracery.proxy.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;
import io.tracery.controlplane.api.SpiffeId;
import io.tracery.process.Component;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the proxy its certificate and keeps it fresh: a new key and a new certificate at about 70 % of the old one's life,
 * tried again with growing patience when that fails. The old one stays in force until it expires; after that there is no
 * identity, and what needs one fails closed.
 */
public final class WorkloadIdentity implements IdentitySource, Component {

    private static final Logger log = LoggerFactory.getLogger(WorkloadIdentity.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(15);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    /** Proxies that started together renew apart: between 65 % and 75 % of life. */
    private static final double RENEW_AT = 0.70;

    private static final double JITTER = 0.05;

    private final CertificateSettings settings;
    private final CertificateClient client;
    private final Clock clock;
    private final RandomGenerator random;
    private final SslProvider provider;
    private final Counter renewals;
    private final Counter failures;
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile @Nullable Identity newest;
    private volatile @Nullable Instant adopted;
    /** The one before, kept for connections that took it but have not begun their handshake. Confined to the thread. */
    private @Nullable Identity previous;
    /** Confined to the thread. */
    private Instant renewAt = Instant.MIN;
    /** The failure that the log knows already. Confined to the thread. */
    private String told = "";

    private @Nullable Thread thread;

    /**
     * @param loop an NIO loop that carries the bytes to the authority; need not be idle
     * @param random spreads renewals and retries
     */
    public WorkloadIdentity(
            CertificateSettings settings,
            EventLoopGroup loop,
            MeterRegistry registry,
            Clock clock,
            RandomGenerator random) {
        this(settings, loop, registry, clock, random, TlsContexts.provider());
    }

    WorkloadIdentity(
            CertificateSettings settings,
            EventLoopGroup loop,
            MeterRegistry registry,
            Clock clock,
            RandomGenerator random,
            SslProvider provider) {
        this.settings = settings;
        this.client = new CertificateClient(settings, loop);
        this.clock = clock;
        this.random = random;
        this.provider = provider;
        this.renewals = Counter.builder("tracery.identity.renewals")
                .description("Certificates obtained")
                .register(registry);
        this.failures = Counter.builder("tracery.identity.failures")
                .description("Attempts to obtain a certificate that failed")
                .register(registry);
        Gauge.builder("tracery.identity.expiry", this, WorkloadIdentity::expiry)
                .description("End of the certificate's life, Unix time; NaN before the first")
                .baseUnit("seconds")
                .register(registry);
    }

    /** How long the certificate in use is valid, from when it was obtained; null without one. Any thread. */
    public @Nullable Validity validity() {
        Identity identity = newest;
        Instant since = adopted;
        return identity == null || since == null ? null : new Validity(since, identity.notAfter());
    }

    /** A certificate's life. */
    public record Validity(Instant obtained, Instant expires) {}

    private double expiry() {
        Identity identity = newest;
        return identity == null ? Double.NaN : identity.notAfter().getEpochSecond();
    }

    @Override
    public @Nullable Identity current() {
        Identity identity = newest;
        return identity != null && clock.instant().isBefore(identity.notAfter()) ? identity : null;
    }

    @Override
    public String name() {
        return "identity";
    }

    /** Begins to ask, and returns: whether there is an identity yet is what {@link #ready} says. */
    @Override
    public synchronized void start() {
        thread = Thread.ofPlatform().name("identity").daemon().start(this::keepFresh);
    }

    private void keepFresh() {
        Duration backoff = FIRST_BACKOFF;
        try {
            do {
                try {
                    Identity identity = obtain();
                    adopt(identity);
                    backoff = FIRST_BACKOFF;
                    told = "";
                } catch (IOException | CertificateException | RuntimeException e) {
                    if (closing.getCount() == 0) {
                        break;
                    }
                    failures.increment();
                    tell(String.valueOf(e.getMessage()));
                    backoff = backoff.multipliedBy(2);
                    backoff = backoff.compareTo(LAST_BACKOFF) < 0 ? backoff : LAST_BACKOFF;
                }
            } while (!closing.await(pause(backoff).toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            releaseAll();
        }
    }

    /** Once for each reason: it is tried again every few seconds, and the counter has them all. */
    private void tell(String why) {
        if (!why.equals(told)) {
            told = why;
            log.warn("No new certificate for {}, trying again: {}", settings.id(), why);
        }
    }

    /** Until the renewal is due; while it is overdue, or there is nothing yet, until the next try. */
    private Duration pause(Duration backoff) {
        Duration untilRenewal = newest == null ? Duration.ZERO : Duration.between(clock.instant(), renewAt);
        Duration retry = Duration.ofMillis((long) (backoff.toMillis() * random.nextDouble(0.5, 1.0)));
        return untilRenewal.compareTo(retry) > 0 ? untilRenewal : retry;
    }

    private Identity obtain() throws IOException, CertificateException {
        KeyPair pair = newKey();
        List<X509Certificate> chain = client.sign(SigningRequest.pem(pair, settings.id()));
        X509Certificate leaf = chain.getFirst();
        if (!leaf.getPublicKey().equals(pair.getPublic())) {
            throw new CertificateException("the certificate is for another key than the one that was asked for");
        }
        SpiffeId id = Svid.check(leaf);
        if (!id.equals(settings.id())) {
            throw new CertificateException("the certificate is for " + id + "; token and configuration disagree");
        }
        MeshTrust trust =
                MeshTrust.read(settings.trustAnchorFile(), settings.id().trustDomain());
        // Whom peers would not believe is not worth being: better to keep the old one and to try again.
        trust.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
        return TlsContexts.identity(provider, id, pair, chain.subList(0, chain.size() - 1), trust);
    }

    private void adopt(Identity identity) {
        Identity before = previous;
        previous = newest;
        newest = identity;
        adopted = clock.instant();
        if (before != null) {
            TlsContexts.release(before);
        }
        Instant now = clock.instant();
        double share = random.nextDouble(RENEW_AT - JITTER, RENEW_AT + JITTER);
        renewAt = now.plusMillis(
                (long) (Duration.between(now, identity.notAfter()).toMillis() * share));
        renewals.increment();
        log.info("Certified as {} until {}", identity.spiffeId(), identity.notAfter());
    }

    private void releaseAll() {
        Identity last = newest;
        newest = null;
        if (last != null) {
            TlsContexts.release(last);
        }
        if (previous != null) {
            TlsContexts.release(previous);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has EC P-256", e);
        }
    }

    @Override
    public boolean ready() {
        return current() != null;
    }

    /** To be closed after the data path, whose connections are made of this identity. */
    @Override
    public synchronized void close() {
        closing.countDown();
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(CLOSE_TIMEOUT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
