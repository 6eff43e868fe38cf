package io.tracery.search.store;

import io.opentelemetry.proto.trace.v1.Status;

/** What Jaeger shows as tags although OTLP has fields for it. */
final class DerivedTags {

    static final long EVENT = TextHash.of("event");
    static final long DESCRIPTION = TextHash.of("otel.status_description");
    static final long TRACE_STATE = TextHash.of("w3c.tracestate");

    private static final long KIND = TextHash.of("span.kind");
    private static final long STATUS = TextHash.of("otel.status_code");
    private static final long FAILED = TextHash.of("error");
    private static final long TRUE = TextHash.of("true");
    private static final long ERROR = TextHash.of("ERROR");
    private static final long OK = TextHash.of("OK");

    private DerivedTags() {}

    /** @param service its hash */
    static void kind(SpanTags tags, long service, Kind kind) {
        if (kind != Kind.UNSPECIFIED) {
            tags.add(SpanTags.ofText(service, KIND, kind.labelHash()));
        }
    }

    static void status(SpanTags tags, long service, int code) {
        if (code == Status.StatusCode.STATUS_CODE_ERROR_VALUE) {
            tags.add(SpanTags.ofText(service, STATUS, ERROR));
            tags.add(SpanTags.ofText(service, FAILED, TRUE));
        } else if (code == Status.StatusCode.STATUS_CODE_OK_VALUE) {
            tags.add(SpanTags.ofText(service, STATUS, OK));
        }
    }
}
