package io.tracery.proxy.xds;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.tracery.controlplane.api.XdsNames;

/**
 * What a TLS context may say: mutual TLS 1.3 with the proxy's own certificate and trust anchor. That is what happens
 * whether the context names those two secrets or leaves them out; naming others is an error.
 */
final class TlsContexts {

    private TlsContexts() {}

    static void check(String resource, CommonTlsContext context) throws InvalidResource {
        for (SdsSecretConfig certificate : context.getTlsCertificateSdsSecretConfigsList()) {
            if (!certificate.getName().equals(XdsNames.CERTIFICATE_SECRET)) {
                throw new InvalidResource(
                        resource,
                        "tls_certificate_sds_secret_configs must name " + XdsNames.CERTIFICATE_SECRET + ", not "
                                + certificate.getName());
            }
        }
        String anchor = context.hasCombinedValidationContext()
                ? context.getCombinedValidationContext()
                        .getValidationContextSdsSecretConfig()
                        .getName()
                : context.getValidationContextSdsSecretConfig().getName();
        if (!anchor.isEmpty() && !anchor.equals(XdsNames.TRUST_ANCHOR_SECRET)) {
            throw new InvalidResource(
                    resource,
                    "validation_context_sds_secret_config must name " + XdsNames.TRUST_ANCHOR_SECRET + ", not "
                            + anchor);
        }
        TlsParameters parameters = context.getTlsParams();
        TlsProtocol most = parameters.getTlsMaximumProtocolVersion();
        if (most != TlsProtocol.TLS_AUTO && most != TlsProtocol.TLSv1_3) {
            throw new InvalidResource(resource, "tls_maximum_protocol_version must leave room for TLSv1_3");
        }
    }
}
