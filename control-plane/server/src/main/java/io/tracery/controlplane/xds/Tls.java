package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.tracery.controlplane.api.XdsNames;
import java.util.Collection;

/** Mutual TLS 1.3 as transport sockets; certificate and trust anchor are secrets that the proxy has itself. */
final class Tls {

    private static final String NAME = "envoy.transport_sockets.tls";

    private Tls() {}

    static TransportSocket downstream() {
        return socket(Any.pack(DownstreamTlsContext.newBuilder()
                .setRequireClientCertificate(BoolValue.of(true))
                .setCommonTlsContext(common().setValidationContextSdsSecretConfig(
                                SdsSecretConfig.newBuilder().setName(XdsNames.TRUST_ANCHOR_SECRET)))
                .build()));
    }

    /** @param identities SPIFFE IDs of which the peer must have one */
    static TransportSocket upstream(Collection<String> identities) {
        CertificateValidationContext.Builder expected = CertificateValidationContext.newBuilder();
        identities.stream()
                .sorted()
                .forEach(identity -> expected.addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                        .setSanType(SubjectAltNameMatcher.SanType.URI)
                        .setMatcher(StringMatcher.newBuilder().setExact(identity))));
        return socket(Any.pack(UpstreamTlsContext.newBuilder()
                .setCommonTlsContext(common().setCombinedValidationContext(
                                CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                                        .setDefaultValidationContext(expected)
                                        .setValidationContextSdsSecretConfig(
                                                SdsSecretConfig.newBuilder().setName(XdsNames.TRUST_ANCHOR_SECRET))))
                .build()));
    }

    private static CommonTlsContext.Builder common() {
        return CommonTlsContext.newBuilder()
                .setTlsParams(TlsParameters.newBuilder()
                        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
                        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3))
                .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName(XdsNames.CERTIFICATE_SECRET));
    }

    private static TransportSocket socket(Any context) {
        return TransportSocket.newBuilder()
                .setName(NAME)
                .setTypedConfig(context)
                .build();
    }
}
