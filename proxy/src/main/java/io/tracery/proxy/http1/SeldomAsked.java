package io.tracery.proxy.http1;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Netty's headers can do beyond looking up and changing by name, by way of a list of all fields. */
abstract class SeldomAsked extends HttpHeaders {

    /** Every field in order. */
    abstract List<Map.Entry<CharSequence, CharSequence>> each();

    /** As Netty's headers write values. */
    static CharSequence text(Object value) {
        return switch (value) {
            case CharSequence text -> text;
            case Date date -> DateFormatter.format(date);
            case Calendar calendar -> DateFormatter.format(calendar.getTime());
            default -> value.toString();
        };
    }

    // ---- names as strings ----

    @Override
    public @Nullable String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public boolean contains(String name) {
        return contains((CharSequence) name);
    }

    @Override
    public HttpHeaders remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        return add((CharSequence) name, value);
    }

    @Override
    public HttpHeaders set(String name, Object value) {
        return set((CharSequence) name, value);
    }

    // ---- several values, and numbers ----

    @Override
    public HttpHeaders add(String name, Iterable<?> values) {
        values.forEach(value -> add(name, value));
        return this;
    }

    @Override
    public HttpHeaders set(String name, Iterable<?> values) {
        remove(name);
        return add(name, values);
    }

    @Override
    public HttpHeaders addInt(CharSequence name, int value) {
        return add(name, Integer.toString(value));
    }

    @Override
    public HttpHeaders addShort(CharSequence name, short value) {
        return add(name, Short.toString(value));
    }

    @Override
    public HttpHeaders setInt(CharSequence name, int value) {
        return set(name, Integer.toString(value));
    }

    @Override
    public HttpHeaders setShort(CharSequence name, short value) {
        return set(name, Short.toString(value));
    }

    @Override
    public @Nullable Integer getInt(CharSequence name) {
        return copy().getInt(name);
    }

    @Override
    public int getInt(CharSequence name, int otherwise) {
        return copy().getInt(name, otherwise);
    }

    @Override
    public @Nullable Short getShort(CharSequence name) {
        return copy().getShort(name);
    }

    @Override
    public short getShort(CharSequence name, short otherwise) {
        return copy().getShort(name, otherwise);
    }

    @Override
    public @Nullable Long getTimeMillis(CharSequence name) {
        return copy().getTimeMillis(name);
    }

    @Override
    public long getTimeMillis(CharSequence name, long otherwise) {
        return copy().getTimeMillis(name, otherwise);
    }

    // ---- the whole ----

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        each().forEach(field -> names.add(field.getKey().toString()));
        return names;
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        List<Map.Entry<String, String>> entries = new ArrayList<>(size());
        each().forEach(field -> entries.add(
                Map.entry(field.getKey().toString(), field.getValue().toString())));
        return entries;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's own deprecation.
    public Iterator<Map.Entry<String, String>> iterator() {
        return entries().iterator();
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return each().iterator();
    }

    @Override
    public HttpHeaders copy() {
        HttpHeaders copy = new DefaultHttpHeaders();
        // As text of its own: a value may be overwritten where it lies.
        each().forEach(field -> copy.add(field.getKey(), field.getValue().toString()));
        return copy;
    }
}
