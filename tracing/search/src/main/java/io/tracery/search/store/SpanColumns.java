package io.tracery.search.store;

/**
 * The columns that the spans of a trace are taken apart into, in the order in which they are stored. What is alike stands together: texts beside texts
 * compress well, random ids and times do not and must not stand between them.
 */
final class SpanColumns {

    /** Every text once, in the order of first use. */
    final Column texts;
    /** Resources with their scopes, as OTLP. */
    final Column origins;
    /** Lists of attribute keys with the types of their values. */
    final Column shapes;
    /** Per span what is small and often the same. */
    final Column spans;
    /** Values of attributes: the number of a text, or a number. */
    final Column values;
    /** Nanoseconds: from span to span, to a span's end, to its events. */
    final Column times;
    /** Span ids, and parents that are not in this fragment. */
    final Column ids;
    /** Floating point numbers with more than three decimals, their bits turned around. */
    final Column doubles;
    /** OTLP fields that have no column. */
    final Column rest;

    SpanColumns() {
        texts = new Column();
        origins = new Column();
        shapes = new Column();
        spans = new Column();
        values = new Column();
        times = new Column();
        ids = new Column();
        doubles = new Column();
        rest = new Column();
    }

    SpanColumns(Column stored) throws java.io.IOException {
        texts = stored.readColumn();
        origins = stored.readColumn();
        shapes = stored.readColumn();
        spans = stored.readColumn();
        values = stored.readColumn();
        times = stored.readColumn();
        ids = stored.readColumn();
        doubles = stored.readColumn();
        rest = stored.readColumn();
    }

    /** The columns of what is told span by span; the others hold what spans have in common. */
    private Column[] ofSpans() {
        return new Column[] {spans, values, times, ids, doubles, rest};
    }

    void clear() {
        texts.clear();
        origins.clear();
        shapes.clear();
        for (Column column : ofSpans()) {
            column.clear();
        }
    }

    /** How much of the spans is written, to come {@link #back} to. */
    int[] mark() {
        Column[] columns = ofSpans();
        int[] sizes = new int[columns.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = columns[i].size();
        }
        return sizes;
    }

    void back(int[] mark) {
        Column[] columns = ofSpans();
        for (int i = 0; i < mark.length; i++) {
            columns[i].cut(mark[i]);
        }
    }

    void writeTo(Column stored) {
        for (Column column : new Column[] {texts, origins, shapes, spans, values, times, ids, doubles, rest}) {
            stored.writeColumn(column);
        }
    }
}
