package io.tracery.load.lab.linkerd;

import java.io.IOException;
import java.security.cert.X509Certificate;

/** Signs what proxies ask for. */
@FunctionalInterface
public interface Certifier {

    /**
     * @param name DNS name to certify
     * @param request PKCS#10, DER
     * @throws IOException when the request cannot be signed
     */
    X509Certificate certify(String name, byte[] request) throws IOException, InterruptedException;
}
