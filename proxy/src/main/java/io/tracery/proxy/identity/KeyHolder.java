package io.tracery.proxy.identity;

import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Has one key and its chain, and presents them to whoever asks for a key of its kind. It stands in for a key store: the JDK's
 * encrypts what it holds with a password, by ten thousand rounds of PBKDF2 to put a key in and as many to take it out, and a
 * key that never leaves this process gains nothing by that.
 */
final class KeyHolder extends X509ExtendedKeyManager {

    private static final String ALIAS = "workload";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    private KeyHolder(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = chain.toArray(X509Certificate[]::new);
    }

    /**
     * For a context of either TLS library. BoringSSL reads the key once and not in each handshake.
     *
     * @param chain the leaf first
     */
    static KeyManagerFactory factory(PrivateKey key, List<X509Certificate> chain) {
        return new OpenSslCachingX509KeyManagerFactory(
                new Factory(new KeyHolder(key, chain)), /* maxCachedEntries= */ 1);
    }

    private @Nullable String alias(String keyType) {
        return keyType.equals(key.getAlgorithm()) ? ALIAS : null;
    }

    private @Nullable String alias(String[] keyTypes) {
        for (String keyType : keyTypes) {
            if (keyType.equals(key.getAlgorithm())) {
                return ALIAS;
            }
        }
        return null;
    }

    private static String @Nullable [] only(@Nullable String alias) {
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return only(alias(keyType));
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return only(alias(keyType));
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return alias.equals(ALIAS) ? chain.clone() : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return alias.equals(ALIAS) ? key : null;
    }

    private static final class Factory extends SimpleKeyManagerFactory {

        private final KeyHolder holder;

        Factory(KeyHolder holder) {
            this.holder = holder;
        }

        @Override
        protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {
            // Nothing to learn: it is born with its key.
        }

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {
            // As above.
        }

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {holder};
        }
    }
}
