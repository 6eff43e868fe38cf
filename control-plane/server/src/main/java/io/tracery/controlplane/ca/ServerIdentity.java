package io.tracery.controlplane.ca;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's own certificate, issued by its own authority, so that a proxy needs one trust anchor for all it talks
 * to. Renewed by the first handshake after half its life, so nothing has to run for it.
 */
public final class ServerIdentity {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private final CertificateAuthority authority;
    private final List<String> hosts;
    private final Clock clock;
    private final RenewingKeyManager keyManager;

    /**
     * @param hosts names and addresses at which proxies call the control plane; loopback is always among them
     * @throws IllegalArgumentException when one is no host name or address
     */
    public ServerIdentity(CertificateAuthority authority, Collection<String> hosts, Clock clock) {
        this.authority = authority;
        Set<String> all = new LinkedHashSet<>(LOOPBACK);
        all.addAll(hosts);
        this.hosts = List.copyOf(all);
        this.clock = clock;
        this.keyManager = new RenewingKeyManager();
    }

    /** Credentials for a gRPC server, good for as long as it runs. Clients are not asked for a certificate. */
    public ServerCredentials credentials() {
        return TlsServerCredentials.newBuilder().keyManager(keyManager).build();
    }

    private Issued issue(int number) {
        KeyPair pair = Keys.generate();
        IssuedCertificate certificate = authority.issueServer(pair.getPublic(), hosts);
        Instant now = clock.instant();
        Duration life = Duration.between(now, certificate.notAfter());
        // The root stays at home: whoever trusts it has it already.
        List<X509Certificate> chain =
                certificate.chain().subList(0, certificate.chain().size() - 1);
        return new Issued("server-" + number, pair.getPrivate(), chain, now.plus(life.dividedBy(2)));
    }

    private record Issued(String alias, PrivateKey key, List<X509Certificate> chain, Instant renewAt) {}

    /** TLS asks for an alias first, then for key and chain by it: so the last two are kept. */
    private final class RenewingKeyManager extends X509ExtendedKeyManager {

        /** Guarded by this; the newest last. */
        private final List<Issued> kept = new ArrayList<>(List.of(issue(0)));

        private int issuedSoFar = 1;

        private synchronized String alias() {
            if (!clock.instant().isBefore(kept.getLast().renewAt())) {
                kept.add(issue(issuedSoFar++));
                if (kept.size() > 2) {
                    kept.removeFirst();
                }
            }
            return kept.getLast().alias();
        }

        private synchronized @Nullable Issued issued(String alias) {
            return kept.stream()
                    .filter(one -> one.alias().equals(alias))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return keyType.startsWith("EC") ? alias() : null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineServerAlias(keyType, issuers, null);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Issued issued = issued(alias);
            return issued == null ? null : issued.key();
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Issued issued = issued(alias);
            return issued == null ? null : issued.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return keyType.startsWith("EC") ? new String[] {alias()} : null;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
