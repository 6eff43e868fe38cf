package io.tracery.controlplane.ca;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.api.ca.IstioCertificateRequest;
import io.tracery.controlplane.api.ca.IstioCertificateResponse;
import io.tracery.controlplane.api.ca.IstioCertificateServiceGrpc;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers signing requests over gRPC: {@code UNAUTHENTICATED} without a good bearer token, {@code INVALID_ARGUMENT} for a
 * request that cannot be signed, each saying why. Every request is counted once, in {@code tracery.ca.requests} by result.
 */
public final class CertificateService implements BindableService {

    private static final Logger log = LoggerFactory.getLogger(CertificateService.class);

    private final CertificateAuthority authority;
    private final TokenVerifier verifier;
    private final Counter issued;
    private final Counter unauthenticated;
    private final Counter invalid;
    private final Counter failed;

    public CertificateService(CertificateAuthority authority, TokenVerifier verifier, MeterRegistry registry) {
        this.authority = authority;
        this.verifier = verifier;
        this.issued = counter(registry, "issued");
        this.unauthenticated = counter(registry, "unauthenticated");
        this.invalid = counter(registry, "invalid");
        this.failed = counter(registry, "failed");
        Gauge.builder(
                        "tracery.ca.root.expiry",
                        () -> authority.root().getNotAfter().toInstant().getEpochSecond())
                .description("End of the root certificate's life, Unix time")
                .baseUnit("seconds")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("tracery.ca.requests")
                .description("Signing requests by result")
                .tag("result", result)
                .register(registry);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(
                IstioCertificateServiceGrpc.bindService(new IstioCertificateServiceGrpc.AsyncService() {
                    @Override
                    public void createCertificate(
                            IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
                        CertificateService.this.createCertificate(request, answer);
                    }
                }),
                new BearerToken());
    }

    private void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        IssuedCertificate certificate;
        // First who asks, then what: a stranger learns nothing and costs no verification of a request.
        try {
            ServiceAccount account = verifier.verify(BearerToken.current());
            certificate = authority.issue(SigningRequest.parse(request.getCsr()), account, life(request));
            log.info(
                    "Certified {} in namespace {} until {}",
                    account.name(),
                    account.namespace(),
                    certificate.notAfter());
        } catch (TokenRefusedException e) {
            unauthenticated.increment();
            answer.onError(
                    Status.UNAUTHENTICATED.withDescription(e.getMessage()).asException());
            return;
        } catch (SigningRequestException e) {
            invalid.increment();
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
            return;
        } catch (RuntimeException e) {
            failed.increment();
            log.error("A certificate could not be issued", e);
            answer.onError(Status.INTERNAL
                    .withDescription("the certificate could not be issued; the control plane's log says why")
                    .asException());
            return;
        }
        issued.increment();
        answer.onNext(IstioCertificateResponse.newBuilder()
                .addAllCertChain(certificate.pem())
                .build());
        answer.onCompleted();
    }

    private static Duration life(IstioCertificateRequest request) throws SigningRequestException {
        if (request.getValidityDuration() < 0) {
            throw new SigningRequestException("validity_duration is negative");
        }
        return Duration.ofSeconds(request.getValidityDuration());
    }
}
