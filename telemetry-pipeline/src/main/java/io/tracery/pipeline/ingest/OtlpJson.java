package io.tracery.pipeline.ingest;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * OTLP's JSON: protobuf's own mapping, but unknown fields are ignored and trace and span ids are hexadecimal.
 *
 * <p>Protobuf's reader takes every {@code bytes} field for base64. Hexadecimal digits are base64 digits too, so an id
 * that was read that way turns into its original text when it is written as base64 again, and that text is the
 * hexadecimal to decode. What is not hexadecimal of the right length becomes an id of a wrong length, which the
 * splitter then refuses by name.
 */
final class OtlpJson {

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private OtlpJson() {}

    static ExportTraceServiceRequest traces(String json) throws InvalidProtocolBufferException {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        PARSER.merge(json, request);
        for (var resource : request.getResourceSpansBuilderList()) {
            for (var scope : resource.getScopeSpansBuilderList()) {
                scope.getSpansBuilderList().forEach(OtlpJson::readIds);
            }
        }
        return request.build();
    }

    static ExportMetricsServiceRequest metrics(String json) throws InvalidProtocolBufferException {
        ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
        PARSER.merge(json, request);
        for (var resource : request.getResourceMetricsBuilderList()) {
            for (var scope : resource.getScopeMetricsBuilderList()) {
                scope.getMetricsBuilderList().forEach(OtlpJson::readIds);
            }
        }
        return request.build();
    }

    static String write(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            // Only messages that hold an Any of an unknown type cannot be printed, and none is written here.
            throw new IllegalStateException(e);
        }
    }

    private static void readIds(Span.Builder span) {
        span.setTraceId(id(span.getTraceId()));
        span.setSpanId(id(span.getSpanId()));
        span.setParentSpanId(id(span.getParentSpanId()));
        for (Span.Link.Builder link : span.getLinksBuilderList()) {
            link.setTraceId(id(link.getTraceId())).setSpanId(id(link.getSpanId()));
        }
    }

    private static void readIds(Metric.Builder metric) {
        switch (metric.getDataCase()) {
            case GAUGE ->
                metric.getGaugeBuilder()
                        .getDataPointsBuilderList()
                        .forEach(point -> readIds(point.getExemplarsBuilderList()));
            case SUM ->
                metric.getSumBuilder()
                        .getDataPointsBuilderList()
                        .forEach(point -> readIds(point.getExemplarsBuilderList()));
            case HISTOGRAM ->
                metric.getHistogramBuilder()
                        .getDataPointsBuilderList()
                        .forEach(point -> readIds(point.getExemplarsBuilderList()));
            case EXPONENTIAL_HISTOGRAM ->
                metric.getExponentialHistogramBuilder()
                        .getDataPointsBuilderList()
                        .forEach(point -> readIds(point.getExemplarsBuilderList()));
            case SUMMARY, DATA_NOT_SET -> {
                // No exemplars.
            }
        }
    }

    private static void readIds(List<Exemplar.Builder> exemplars) {
        for (Exemplar.Builder exemplar : exemplars) {
            exemplar.setTraceId(id(exemplar.getTraceId())).setSpanId(id(exemplar.getSpanId()));
        }
    }

    private static ByteString id(ByteString misread) {
        if (misread.isEmpty()) {
            return misread;
        }
        String text = Base64.getEncoder().encodeToString(misread.toByteArray());
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            return ByteString.copyFromUtf8("?");
        }
    }
}
