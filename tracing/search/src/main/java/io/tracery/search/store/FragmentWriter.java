package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.tracing.otlp.Slices;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.BytesRef;

/**
 * Makes fragments of spans, straight from their bytes; {@link FragmentReader} gives back exactly the same spans. What OTLP has and shops do not
 * (links, trace state, counts of what was dropped, fields of later versions) is carried along as it is, by a longer way. Confined to one thread.
 */
final class FragmentWriter {

    static final int FLAG_STATUS = 1;
    static final int FLAG_REST = 2;
    /** Attributes or events have something without a column, and stand in the rest. */
    static final int FLAG_PLAIN = 4;

    private final SpanColumns columns = new SpanColumns();
    private final Interned texts = new Interned(columns.texts);
    private final Interned shapes = new Interned(columns.shapes);
    private final SpanTags tags = new SpanTags();
    private final AttributeWriter attributes = new AttributeWriter(columns, texts, shapes, tags);
    private final SpanFields fields = new SpanFields();
    private final EventFields event = new EventFields();
    private final LongTable places = new LongTable();
    private final Map<Origin, Integer> origins = new LinkedHashMap<>();

    // The fragment that is being made.
    private Terms calls = Terms.NONE;
    private Terms edges = Terms.NONE;
    private long lastStart;
    private long first;
    private long last;

    /** @param otlp what the slices point into */
    Fragment write(byte[] otlp, TraceSlices spans) throws InvalidProtocolBufferException {
        clear(spans.count());
        for (int place = 0; place < spans.count(); place++) {
            // Of two spans with one id the later is the parent: where both sides of a call share theirs, the called
            // one.
            places.put(spans.id(place), place);
        }
        for (int place = 0; place < spans.count(); place++) {
            add(otlp, spans, place);
        }
        Column stored = new Column();
        stored.write(spans.count());
        stored.write(texts.count());
        stored.write(origins.size());
        stored.write(shapes.count());
        columns.writeTo(stored);
        BytesRef id = new BytesRef(spans.traceId());
        return new Fragment(id, services(), calls, tags.terms(), edges, first, last, spans.count(), stored);
    }

    private void clear(int spans) {
        columns.clear();
        texts.clear();
        shapes.clear();
        tags.clear();
        places.clear();
        origins.clear();
        calls = new Terms(spans);
        edges = new Terms(0);
        lastStart = 0;
        first = Long.MAX_VALUE;
        last = Long.MIN_VALUE;
    }

    private Terms services() {
        Terms services = new Terms(origins.size());
        origins.keySet().forEach(origin -> services.write(origin.serviceTerm()).end());
        return services;
    }

    private void add(byte[] otlp, TraceSlices spans, int place) throws InvalidProtocolBufferException {
        int from = spans.from(place);
        int length = spans.length(place);
        Origin origin = spans.origin(place);
        int[] mark = columns.mark();
        tags.begin();
        if (fields.read(otlp, from, length) && common(otlp, origin)) {
            lists(otlp, spans, place);
        } else {
            columns.back(mark);
            Span span = Span.parser().parseFrom(otlp, from, length);
            byte[] bytes = unusual(span, origin);
            lists(bytes, spans, place);
        }
    }

    private boolean common(byte[] bytes, Origin origin) throws InvalidProtocolBufferException {
        head(bytes, origin, fields.hasStatus() ? FLAG_STATUS : 0);
        return body(bytes, origin);
    }

    /** The longer way: what has columns is written anew, as few would write it otherwise, and the rest stands beside it. */
    private byte[] unusual(Span span, Origin origin) throws InvalidProtocolBufferException {
        if (span.getSpanId().size() != Long.BYTES) {
            throw new InvalidProtocolBufferException("a span has two ids");
        }
        boolean plain = !UnusualSpans.hasColumns(span);
        byte[] rest = UnusualSpans.rest(span, plain);
        byte[] bytes = UnusualSpans.common(span, plain).toByteArray();
        int flags = (span.hasStatus() ? FLAG_STATUS : 0) | (rest.length > 0 ? FLAG_REST : 0) | (plain ? FLAG_PLAIN : 0);
        tags.begin();
        boolean read = fields.read(bytes, 0, bytes.length);
        head(bytes, origin, flags);
        if (!read || (!plain && !body(bytes, origin))) {
            throw new IllegalStateException("a span has no columns, although it should: " + span);
        }
        if (rest.length > 0) {
            columns.rest.writeSized(rest);
        }
        if (plain) {
            tagAll(origin, span.getAttributesList());
            span.getEventsList().forEach(each -> {
                tags.add(SpanTags.tag(origin.serviceHash(), DerivedTags.EVENT, each.getName()));
                tagAll(origin, each.getAttributesList());
            });
        }
        if (!span.getTraceState().isEmpty()) {
            tags.add(SpanTags.tag(origin.serviceHash(), DerivedTags.TRACE_STATE, span.getTraceState()));
        }
        return bytes;
    }

    private void tagAll(Origin origin, List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            long key = TextHash.of(attribute.getKey());
            tags.add(SpanTags.tag(origin.serviceHash(), key, AttributeText.of(attribute.getValue())));
        }
    }

    private int origin(Origin origin) {
        Integer known = origins.get(origin);
        if (known != null) {
            return known;
        }
        columns.origins.writeSized(origin.otlp());
        tags.addAll(origin.tags());
        origins.put(origin, origins.size());
        return origins.size() - 1;
    }

    private void head(byte[] bytes, Origin origin, int flags) throws InvalidProtocolBufferException {
        long service = origin.serviceHash();
        columns.spans.write(origin(origin));
        columns.ids.writeBytes(bytes, fields.idFrom(), Long.BYTES);
        parent(bytes);
        columns.spans.write(texts.text(bytes, fields.nameFrom(), fields.nameLength()));
        columns.spans.write(fields.kind());
        columns.spans.write(Integer.toUnsignedLong(fields.flags()));
        columns.spans.write(flags);
        DerivedTags.kind(tags, service, Kind.numbered(fields.kind()));
        if (fields.hasStatus()) {
            int message = texts.text(bytes, fields.messageFrom(), fields.messageLength());
            columns.spans.write(fields.code());
            columns.spans.write(message);
            DerivedTags.status(tags, service, fields.code());
            if (fields.messageLength() > 0) {
                tags.add(SpanTags.tag(
                        service, DerivedTags.DESCRIPTION, bytes, fields.messageFrom(), fields.messageLength()));
            }
        }
        columns.times.writeSigned(fields.start() - lastStart);
        columns.times.writeSigned(fields.end() - fields.start());
    }

    /** 0: none; 1: its id follows; else the parent's place in this fragment, plus two. */
    private void parent(byte[] bytes) {
        int place = parentPlace(bytes);
        if (fields.parentLength() == 0) {
            columns.spans.write(0);
        } else if (place != LongTable.NONE) {
            columns.spans.write(place + 2L);
        } else {
            columns.spans.write(1);
            columns.ids.writeSized(bytes, fields.parentFrom(), fields.parentLength());
        }
    }

    private int parentPlace(byte[] bytes) {
        return fields.parentLength() == Long.BYTES
                ? places.find(SpanBatch.spanId(bytes, fields.parentFrom()))
                : LongTable.NONE;
    }

    private boolean body(byte[] bytes, Origin origin) throws InvalidProtocolBufferException {
        long service = origin.serviceHash();
        if (!attributes.write(service, bytes, fields.attributes())) {
            return false;
        }
        Slices events = fields.events();
        columns.spans.write(events.count());
        for (int i = 0; i < events.count(); i++) {
            if (!event.read(bytes, events.from(i), events.length(i))) {
                return false;
            }
            int name = texts.text(bytes, event.nameFrom(), event.nameLength());
            columns.spans.write(name);
            columns.times.writeSigned(event.time() - fields.start());
            if (event.nameLength() > 0) {
                tags.add(SpanTags.tag(service, DerivedTags.EVENT, bytes, event.nameFrom(), event.nameLength()));
            }
            if (!attributes.write(service, bytes, event.attributes())) {
                return false;
            }
        }
        return true;
    }

    /** What is told of a span once all of it is written. */
    private void lists(byte[] bytes, TraceSlices spans, int place) {
        lastStart = fields.start();
        first = Math.min(first, fields.start());
        last = Math.max(last, fields.start());
        Origin origin = spans.origin(place);
        CallTerm.write(calls, origin, bytes, fields);
        int parent = parentPlace(bytes);
        if (parent != LongTable.NONE) {
            Origin caller = spans.origin(parent);
            if (!caller.service().equals(origin.service())) {
                edges.write(caller.serviceTerm())
                        .write(Fields.SEPARATOR)
                        .write(origin.serviceTerm())
                        .end();
            }
        }
    }
}
