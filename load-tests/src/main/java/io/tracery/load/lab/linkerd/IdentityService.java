package io.tracery.load.lab.linkerd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tracery.load.lab.linkerd.api.IdentityGrpc;
import io.tracery.load.lab.linkerd.api.IdentityProto.CertifyRequest;
import io.tracery.load.lab.linkerd.api.IdentityProto.CertifyResponse;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** Certifies whatever name is asked for: only the lab's own proxies can reach it. */
final class IdentityService extends IdentityGrpc.IdentityImplBase {

    private final Certifier certifier;

    IdentityService(Certifier certifier) {
        this.certifier = certifier;
    }

    @Override
    public void certify(CertifyRequest request, StreamObserver<CertifyResponse> answer) {
        try {
            X509Certificate certificate = certifier.certify(
                    request.getIdentity(),
                    request.getCertificateSigningRequest().toByteArray());
            answer.onNext(CertifyResponse.newBuilder()
                    .setLeafCertificate(ByteString.copyFrom(certificate.getEncoded()))
                    .setValidUntil(Timestamp.newBuilder()
                            .setSeconds(certificate.getNotAfter().toInstant().getEpochSecond()))
                    .build());
            answer.onCompleted();
        } catch (IOException | CertificateEncodingException e) {
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.onError(Status.UNAVAILABLE.withDescription("the lab ends").asException());
        }
    }
}
