package io.tracery.tracing.otlp;

/** Field numbers of opentelemetry-proto, for those messages and fields that the mesh writes. */
final class OtlpFields {

    private OtlpFields() {}

    // TracesData / MetricsData, ResourceSpans / ResourceMetrics, ScopeSpans / ScopeMetrics: numbered alike.
    static final int DATA_RESOURCES = 1;
    /** Of no meaning to anybody: OTLP has no such field, and readers of Protocol Buffers pass over what they do not know. */
    static final int DATA_PADDING = 2000;

    static final int RESOURCE_RESOURCE = 1;
    static final int RESOURCE_SCOPES = 2;
    static final int SCOPE_SCOPE = 1;
    static final int SCOPE_ITEMS = 2;
    static final int RESOURCE_ATTRIBUTES = 1;
    static final int INSTRUMENTATION_NAME = 1;
    static final int INSTRUMENTATION_VERSION = 2;

    static final int KEY_VALUE_KEY = 1;
    static final int KEY_VALUE_VALUE = 2;
    static final int VALUE_STRING = 1;
    static final int VALUE_BOOL = 2;
    static final int VALUE_INT = 3;
    static final int VALUE_DOUBLE = 4;
    static final int VALUE_ARRAY = 5;
    static final int ARRAY_VALUES = 1;

    static final int SPAN_TRACE_ID = 1;
    static final int SPAN_SPAN_ID = 2;
    static final int SPAN_TRACE_STATE = 3;
    static final int SPAN_PARENT_SPAN_ID = 4;
    static final int SPAN_NAME = 5;
    static final int SPAN_KIND = 6;
    static final int SPAN_START = 7;
    static final int SPAN_END = 8;
    static final int SPAN_ATTRIBUTES = 9;
    static final int SPAN_EVENTS = 11;
    static final int SPAN_STATUS = 15;
    static final int SPAN_FLAGS = 16;
    static final int EVENT_TIME = 1;
    static final int EVENT_NAME = 2;
    static final int EVENT_ATTRIBUTES = 3;
    static final int STATUS_CODE = 3;

    static final int METRIC_NAME = 1;
    static final int METRIC_UNIT = 3;
    static final int METRIC_GAUGE = 5;
    static final int METRIC_SUM = 7;
    static final int METRIC_EXPONENTIAL_HISTOGRAM = 10;
    static final int POINTS = 1;
    static final int TEMPORALITY = 2;
    static final int SUM_MONOTONIC = 3;
    static final int TEMPORALITY_CUMULATIVE = 2;

    static final int NUMBER_START = 2;
    static final int NUMBER_TIME = 3;
    static final int NUMBER_DOUBLE = 4;
    static final int NUMBER_INT = 6;
    static final int NUMBER_ATTRIBUTES = 7;

    static final int HISTOGRAM_ATTRIBUTES = 1;
    static final int HISTOGRAM_START = 2;
    static final int HISTOGRAM_TIME = 3;
    static final int HISTOGRAM_COUNT = 4;
    static final int HISTOGRAM_SUM = 5;
    static final int HISTOGRAM_SCALE = 6;
    static final int HISTOGRAM_ZERO_COUNT = 7;
    static final int HISTOGRAM_POSITIVE = 8;
    static final int HISTOGRAM_EXEMPLARS = 11;
    static final int EXEMPLAR_TIME = 2;
    static final int EXEMPLAR_DOUBLE = 3;
    static final int EXEMPLAR_SPAN_ID = 4;
    static final int EXEMPLAR_TRACE_ID = 5;
    static final int BUCKETS_OFFSET = 1;
    static final int BUCKETS_COUNTS = 2;
}
