package io.tracery.shop.service;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;

/** The OpenTelemetry SDK as any application sets it up: OTLP over gRPC to where the environment says. */
public final class PaymentTelemetry implements AutoCloseable {

    private static final Duration FLUSH_EVERY = Duration.ofMillis(500);

    private final SdkTracerProvider provider;

    /** @param endpoint what {@code OTEL_EXPORTER_OTLP_ENDPOINT} says, for example {@code http://127.0.0.1:4317} */
    public PaymentTelemetry(String endpoint, String instance, String version) {
        Resource resource = Resource.create(Attributes.of(
                AttributeKey.stringKey("service.name"),
                "payment",
                AttributeKey.stringKey("service.namespace"),
                "shop",
                AttributeKey.stringKey("service.version"),
                version,
                AttributeKey.stringKey("service.instance.id"),
                instance));
        OtlpGrpcSpanExporter exporter =
                OtlpGrpcSpanExporter.builder().setEndpoint(endpoint).build();
        provider = SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(FLUSH_EVERY)
                        .build())
                .build();
    }

    public Tracer tracer() {
        return provider.get("shop.payment");
    }

    @Override
    public void close() {
        provider.close();
    }
}
