package io.tracery.topology.stream;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.graph.Measure;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * OTLP {@code MetricsData} to data points. A point that is not as agreed costs only itself; points of metrics that are
 * not the mesh's are counted, not looked at. Numbers are read where they stand; attributes only of series that did not report
 * lately. Confined to one thread.
 */
final class MetricsDecoder {

    private static final int MAX_BUCKETS = 1024;
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private static final int RESOURCE_METRICS = message(MetricsData.RESOURCE_METRICS_FIELD_NUMBER);
    private static final int RESOURCE = message(ResourceMetrics.RESOURCE_FIELD_NUMBER);
    private static final int SCOPE_METRICS = message(ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER);
    private static final int METRIC = message(ScopeMetrics.METRICS_FIELD_NUMBER);
    private static final int NAME = message(Metric.NAME_FIELD_NUMBER);
    private static final int GAUGE = message(Metric.GAUGE_FIELD_NUMBER);
    private static final int SUM = message(Metric.SUM_FIELD_NUMBER);
    private static final int HISTOGRAM = message(Metric.HISTOGRAM_FIELD_NUMBER);
    private static final int EXPONENTIAL = message(Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER);
    private static final int SUMMARY = message(Metric.SUMMARY_FIELD_NUMBER);
    /** In all five kinds of data. */
    private static final int POINT = message(Sum.DATA_POINTS_FIELD_NUMBER);

    /** In sums and exponential histograms. */
    private static final int TEMPORALITY = varint(Sum.AGGREGATION_TEMPORALITY_FIELD_NUMBER);

    private static final int MONOTONIC = varint(Sum.IS_MONOTONIC_FIELD_NUMBER);
    private static final int CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE_VALUE;

    private static final int NUMBER_ATTRIBUTE = message(NumberDataPoint.ATTRIBUTES_FIELD_NUMBER);
    private static final int NUMBER_START = fixed64(NumberDataPoint.START_TIME_UNIX_NANO_FIELD_NUMBER);
    private static final int NUMBER_TIME = fixed64(NumberDataPoint.TIME_UNIX_NANO_FIELD_NUMBER);
    private static final int NUMBER_INT = fixed64(NumberDataPoint.AS_INT_FIELD_NUMBER);
    private static final int NUMBER_DOUBLE = fixed64(NumberDataPoint.AS_DOUBLE_FIELD_NUMBER);

    private static final int DURATION_ATTRIBUTE = message(ExponentialHistogramDataPoint.ATTRIBUTES_FIELD_NUMBER);
    private static final int DURATION_START = fixed64(ExponentialHistogramDataPoint.START_TIME_UNIX_NANO_FIELD_NUMBER);
    private static final int DURATION_TIME = fixed64(ExponentialHistogramDataPoint.TIME_UNIX_NANO_FIELD_NUMBER);
    private static final int COUNT = fixed64(ExponentialHistogramDataPoint.COUNT_FIELD_NUMBER);
    private static final int TOTAL = fixed64(ExponentialHistogramDataPoint.SUM_FIELD_NUMBER);
    private static final int SCALE = varint(ExponentialHistogramDataPoint.SCALE_FIELD_NUMBER);
    private static final int ZEROS = fixed64(ExponentialHistogramDataPoint.ZERO_COUNT_FIELD_NUMBER);
    private static final int POSITIVE = message(ExponentialHistogramDataPoint.POSITIVE_FIELD_NUMBER);
    private static final int NEGATIVE = message(ExponentialHistogramDataPoint.NEGATIVE_FIELD_NUMBER);
    private static final int EXEMPLAR = message(ExponentialHistogramDataPoint.EXEMPLARS_FIELD_NUMBER);
    private static final int OFFSET = varint(Buckets.OFFSET_FIELD_NUMBER);
    private static final int PACKED = message(Buckets.BUCKET_COUNTS_FIELD_NUMBER);
    private static final int UNPACKED = varint(Buckets.BUCKET_COUNTS_FIELD_NUMBER);

    private final Reporters reporters;
    private final long[] buckets = new long[MAX_BUCKETS];

    // Of the record that is being read.
    private byte[] bytes = {};
    private List<Point> points = new ArrayList<>();
    private List<ProxyReport> reports = new ArrayList<>();
    private long foreign;
    private long invalid;

    // Of the resource.
    private Reporters.Reporter reporter = new Reporters.Reporter(Map.of());
    private ReportBuilder report = new ReportBuilder(Map.of());

    // Of the point.
    private int attributesFrom;
    private int attributesTo;
    private boolean attributesApart;
    private long start;
    private long time;
    private int bucketOffset;
    private int bucketCount;

    MetricsDecoder(Reporters reporters) {
        this.reporters = reporters;
    }

    private static int message(int field) {
        return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static int varint(int field) {
        return (field << 3) | WireFormat.WIRETYPE_VARINT;
    }

    private static int fixed64(int field) {
        return (field << 3) | WireFormat.WIRETYPE_FIXED64;
    }

    /** @throws InvalidProtocolBufferException when the bytes are not {@code MetricsData} */
    Decoded decode(byte[] record) throws InvalidProtocolBufferException {
        bytes = record;
        points = new ArrayList<>();
        reports = new ArrayList<>();
        foreign = 0;
        invalid = 0;
        try {
            CodedInputStream in = CodedInputStream.newInstance(record);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == RESOURCE_METRICS) {
                    int limit = begin(in);
                    resource(in);
                    in.popLimit(limit);
                } else {
                    skip(in, tag);
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
        return new Decoded(points, reports, foreign, invalid);
    }

    /** Enters what is delimited by its length; the limit to go back to. */
    private static int begin(CodedInputStream in) throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            // The end of a group that did not begin.
            in.checkLastTagWas(0);
        }
    }

    /** From where the stream is to where the message that it is in ends. */
    private CodedInputStream again(CodedInputStream in) {
        return CodedInputStream.newInstance(bytes, in.getTotalBytesRead(), in.getBytesUntilLimit());
    }

    private void resource(CodedInputStream in) throws IOException {
        int base = in.getTotalBytesRead();
        int from = base;
        int to = base;
        CodedInputStream ahead = again(in);
        for (int tag = ahead.readTag(); tag != 0; tag = ahead.readTag()) {
            if (tag == RESOURCE) {
                int length = ahead.readRawVarint32();
                from = base + ahead.getTotalBytesRead();
                to = from + length;
                ahead.skipRawBytes(length);
            } else {
                skip(ahead, tag);
            }
        }
        int begin = from;
        int length = to - from;
        reporter = reporters.reporter(
                bytes,
                from,
                to,
                () -> attributes(Resource.parseFrom(CodedInputStream.newInstance(bytes, begin, length))
                        .getAttributesList()));
        report = new ReportBuilder(reporter.resource);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == SCOPE_METRICS) {
                int limit = begin(in);
                scope(in);
                in.popLimit(limit);
            } else {
                skip(in, tag);
            }
        }
        ProxyReport built = report.build();
        if (built != null) {
            reports.add(built);
        }
    }

    private void scope(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == METRIC) {
                int limit = begin(in);
                metric(in);
                in.popLimit(limit);
            } else {
                skip(in, tag);
            }
        }
    }

    private void metric(CodedInputStream in) throws IOException {
        CodedInputStream ahead = again(in);
        String name = "";
        for (int tag = ahead.readTag(); tag != 0; tag = ahead.readTag()) {
            if (tag == NAME) {
                name = ahead.readStringRequireUtf8();
            } else {
                skip(ahead, tag);
            }
        }
        Measure measure = switch (name) {
            case Vocabulary.EXCHANGE_DURATION -> Measure.DURATION;
            case Vocabulary.EXCHANGE_STARTED -> Measure.STARTED;
            case Vocabulary.EXCHANGE_RETRIES -> Measure.RETRIES;
            case Vocabulary.EXCHANGE_IO -> Measure.REQUEST_BYTES;
            default -> null;
        };
        if (measure == null && ReportBuilder.takes(name)) {
            report.take(Metric.parseFrom(again(in)));
            in.skipRawBytes(in.getBytesUntilLimit());
            return;
        }
        int expected = measure == Measure.DURATION ? EXPONENTIAL : SUM;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == GAUGE || tag == SUM || tag == HISTOGRAM || tag == EXPONENTIAL || tag == SUMMARY) {
                int limit = begin(in);
                if (measure == null) {
                    foreign += size(in);
                } else if (tag == expected && agreed(again(in), measure)) {
                    points(in, measure);
                } else {
                    invalid += size(in);
                }
                in.popLimit(limit);
            } else {
                skip(in, tag);
            }
        }
    }

    /** Counts from a start on, and if it is a number, never less. */
    private static boolean agreed(CodedInputStream in, Measure measure) throws IOException {
        boolean cumulative = false;
        boolean monotonic = measure == Measure.DURATION;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == TEMPORALITY) {
                cumulative = in.readEnum() == CUMULATIVE;
            } else if (tag == MONOTONIC && measure != Measure.DURATION) {
                monotonic = in.readBool();
            } else {
                skip(in, tag);
            }
        }
        return cumulative && monotonic;
    }

    private static long size(CodedInputStream in) throws IOException {
        long size = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            size += tag == POINT ? 1 : 0;
            skip(in, tag);
        }
        return size;
    }

    private void points(CodedInputStream in, Measure measure) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == POINT) {
                int limit = begin(in);
                attributesFrom = 0;
                attributesTo = 0;
                attributesApart = false;
                start = 0;
                time = 0;
                if (measure == Measure.DURATION) {
                    duration(in);
                } else {
                    number(in, measure);
                }
                in.popLimit(limit);
            } else {
                skip(in, tag);
            }
        }
    }

    private void number(CodedInputStream in, Measure measure) throws IOException {
        CodedInputStream whole = again(in);
        long value = -1;
        int at = in.getTotalBytesRead();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == NUMBER_START) {
                start = in.readRawLittleEndian64();
            } else if (tag == NUMBER_TIME) {
                time = in.readRawLittleEndian64();
            } else if (tag == NUMBER_INT) {
                value = in.readRawLittleEndian64();
            } else {
                skip(in, tag);
                if (tag == NUMBER_ATTRIBUTE) {
                    attribute(at, in.getTotalBytesRead());
                } else if (tag == NUMBER_DOUBLE) {
                    value = -1;
                }
            }
            at = in.getTotalBytesRead();
        }
        if (value < 0 || start <= 0 || time <= 0) {
            invalid++;
            return;
        }
        KnownSeries known = known(measure);
        if (known == null) {
            known = learn(measure, attributes(NumberDataPoint.parseFrom(whole).getAttributesList()));
        }
        add(known, new Count(value, null), null);
    }

    private void duration(CodedInputStream in) throws IOException {
        CodedInputStream whole = again(in);
        long count = 0;
        long zeros = 0;
        double sum = 0;
        int scale = 0;
        boolean positiveOnly = true;
        Exemplar slowest = null;
        bucketCount = 0;
        bucketOffset = 0;
        int at = in.getTotalBytesRead();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == DURATION_START) {
                start = in.readRawLittleEndian64();
            } else if (tag == DURATION_TIME) {
                time = in.readRawLittleEndian64();
            } else if (tag == COUNT) {
                count = in.readRawLittleEndian64();
            } else if (tag == TOTAL) {
                sum = in.readDouble();
            } else if (tag == SCALE) {
                scale = in.readSInt32();
            } else if (tag == ZEROS) {
                zeros = in.readRawLittleEndian64();
            } else if (tag == POSITIVE) {
                int limit = begin(in);
                buckets(in);
                in.popLimit(limit);
            } else if (tag == NEGATIVE) {
                int limit = begin(in);
                positiveOnly &= Buckets.parseFrom(again(in)).getBucketCountsList().stream()
                        .allMatch(c -> c == 0);
                in.skipRawBytes(in.getBytesUntilLimit());
                in.popLimit(limit);
            } else if (tag == EXEMPLAR) {
                int limit = begin(in);
                slowest = slower(slowest, Exemplar.parseFrom(again(in)));
                in.skipRawBytes(in.getBytesUntilLimit());
                in.popLimit(limit);
            } else {
                skip(in, tag);
                if (tag == DURATION_ATTRIBUTE) {
                    attribute(at, in.getTotalBytesRead());
                }
            }
            at = in.getTotalBytesRead();
        }
        boolean valid = scale == ExponentialHistogram.SCALE && positiveOnly && Double.isFinite(sum);
        if (!valid || !adds(zeros, count) || start <= 0 || time <= 0) {
            invalid++;
            return;
        }
        KnownSeries known = known(Measure.DURATION);
        if (known == null) {
            known = learn(
                    Measure.DURATION,
                    attributes(ExponentialHistogramDataPoint.parseFrom(whole).getAttributesList()));
        }
        add(
                known,
                Count.of(ExponentialHistogram.of(zeros, sum, bucketOffset, Arrays.copyOf(buckets, bucketCount))),
                slowest);
    }

    /** Reads on where there were buckets before, as protobuf does. */
    private void buckets(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == OFFSET) {
                bucketOffset = in.readSInt32();
            } else if (tag == PACKED) {
                int limit = begin(in);
                while (in.getBytesUntilLimit() > 0) {
                    bucket(in.readRawVarint64());
                }
                in.popLimit(limit);
            } else if (tag == UNPACKED) {
                bucket(in.readRawVarint64());
            } else {
                skip(in, tag);
            }
        }
    }

    private void bucket(long count) {
        if (bucketCount < MAX_BUCKETS) {
            buckets[bucketCount] = count;
        }
        bucketCount++;
    }

    /** False when the histogram contradicts itself, or has too many buckets. */
    private boolean adds(long zeros, long count) {
        long sum = zeros;
        boolean valid = bucketCount <= MAX_BUCKETS && zeros >= 0;
        for (int i = 0; i < bucketCount && valid; i++) {
            sum += buckets[i];
            valid = buckets[i] >= 0 && sum >= 0;
        }
        return valid && sum == count;
    }

    /** The slower one of those that name a trace; others are not looked at. */
    private static @Nullable Exemplar slower(@Nullable Exemplar one, Exemplar other) {
        boolean traced = other.getTraceId().size() == TRACE_ID_BYTES
                && other.getSpanId().size() == SPAN_ID_BYTES
                && Double.isFinite(other.getAsDouble());
        return traced && (one == null || other.getAsDouble() > one.getAsDouble()) ? other : one;
    }

    /** Attributes stand one after the other, or the point is taken apart each time. */
    private void attribute(int from, int to) {
        if (attributesTo == 0) {
            attributesFrom = from;
        } else {
            attributesApart |= attributesTo != from;
        }
        attributesTo = to;
    }

    private @Nullable KnownSeries known(Measure measure) {
        return attributesApart ? null : reporters.series(reporter, bytes, attributesFrom, attributesTo, measure, start);
    }

    /** Null when the attributes are not as agreed. */
    private @Nullable KnownSeries learn(Measure measure, Map<String, String> attributes) {
        boolean response = measure == Measure.REQUEST_BYTES
                && Vocabulary.IO_TRANSMIT.equals(attributes.get(Vocabulary.NETWORK_IO_DIRECTION));
        SeriesKey key =
                SeriesKeys.of(reporter.resource, attributes, response ? Measure.RESPONSE_BYTES : measure, start);
        if (key == null) {
            return null;
        }
        return attributesApart ? reporters.known(key) : reporters.learn(reporter, measure, key);
    }

    private void add(@Nullable KnownSeries series, Count count, @Nullable Exemplar slowest) {
        if (series == null) {
            invalid++;
            return;
        }
        report.heard(start, time);
        points.add(new Point(series, time, count, slowest == null ? null : exemplar(slowest)));
    }

    private static io.tracery.topology.graph.Exemplar exemplar(Exemplar slowest) {
        return new io.tracery.topology.graph.Exemplar(
                TimeUnit.NANOSECONDS.toMillis(slowest.getTimeUnixNano()),
                slowest.getAsDouble() * 1000,
                HexFormat.of().formatHex(slowest.getTraceId().toByteArray()),
                HexFormat.of().formatHex(slowest.getSpanId().toByteArray()));
    }

    /** Their texts are shared: thousands of series have the same. */
    static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> attributes = HashMap.newHashMap(list.size());
        for (KeyValue attribute : list) {
            AnyValue value = attribute.getValue();
            String text = value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
            attributes.put(attribute.getKey().intern(), text.intern());
        }
        return attributes;
    }
}
