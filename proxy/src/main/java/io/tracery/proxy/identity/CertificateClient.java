package io.tracery.proxy.identity;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tracery.controlplane.api.ca.IstioCertificateRequest;
import io.tracery.controlplane.api.ca.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the certificate authority, over a connection that lives for one question: the next one comes hours later. Blocks its
 * caller's thread.
 */
final class CertificateClient {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_ANSWER_BYTES = 256 * 1024;

    private final CertificateSettings settings;
    private final EventLoopGroup loop;

    /** @param loop an NIO loop that carries the bytes */
    CertificateClient(CertificateSettings settings, EventLoopGroup loop) {
        this.settings = settings;
        this.loop = loop;
    }

    /**
     * Has a request signed.
     *
     * @return the leaf first, the root last
     * @throws IOException when there is no token, no answer, or none that makes sense; the message says which
     */
    List<X509Certificate> sign(String request) throws IOException {
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, "Bearer " + TokenFile.read(settings.tokenFile()));
        ManagedChannel channel = channel();
        try {
            var answer = IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .withDeadlineAfter(DEADLINE)
                    .createCertificate(
                            IstioCertificateRequest.newBuilder().setCsr(request).build());
            return certificates(answer.getCertChainList());
        } catch (StatusRuntimeException e) {
            throw new IOException(explain(e.getStatus()), e);
        } finally {
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel() throws IOException {
        try {
            return NettyChannelBuilder.forAddress(settings.caHost(), settings.caPort())
                    .eventLoopGroup(loop)
                    .channelType(NioSocketChannel.class)
                    .directExecutor()
                    .offloadExecutor(Runnable::run)
                    .maxInboundMessageSize(MOST_ANSWER_BYTES)
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(settings.trustAnchorFile().toFile())
                            .build())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the trust anchor file " + settings.trustAnchorFile() + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(List<String> pem) throws IOException {
        if (pem.size() < 2) {
            throw new IOException("the certificate authority's answer has no chain: a leaf and a root at least");
        }
        List<X509Certificate> chain = new ArrayList<>(pem.size());
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (String one : pem) {
                chain.add((X509Certificate)
                        factory.generateCertificate(new ByteArrayInputStream(one.getBytes(StandardCharsets.US_ASCII))));
            }
        } catch (CertificateException e) {
            throw new IOException("the certificate authority's answer is not PEM: " + e.getMessage(), e);
        }
        return chain;
    }

    private String explain(Status status) {
        String who = "the certificate authority at " + settings.caHost() + ":" + settings.caPort();
        String why = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> who + " does not take the token in " + settings.tokenFile() + ": " + why;
            case INVALID_ARGUMENT -> who + " refuses the signing request: " + why;
            case UNAVAILABLE -> who + " cannot be reached: " + why + cause(status);
            default -> who + " answers " + status.getCode() + ": " + why + cause(status);
        };
    }

    private static String cause(Status status) {
        return status.getCause() == null ? "" : " (" + status.getCause().getMessage() + ")";
    }
}
