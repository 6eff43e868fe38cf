package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.OutputStream;

/** How JSON is written here. */
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final long NANOS_PER_MICRO = 1_000;

    private Json() {}

    static JsonGenerator generator(OutputStream out, boolean pretty) throws IOException {
        JsonGenerator json = FACTORY.createGenerator(out);
        if (pretty) {
            DefaultIndenter fourSpaces = new DefaultIndenter("    ", "\n");
            json.setPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEmptySeparator("")
                            .withArrayEmptySeparator(""))
                    .withObjectIndenter(fourSpaces)
                    .withArrayIndenter(fourSpaces));
        }
        return json;
    }

    /** A time span in microseconds, with a fraction only where there is one. */
    static void writeMicros(JsonGenerator json, String field, long nanos) throws IOException {
        if (nanos % NANOS_PER_MICRO == 0) {
            json.writeNumberField(field, nanos / NANOS_PER_MICRO);
        } else {
            json.writeNumberField(field, (double) nanos / NANOS_PER_MICRO);
        }
    }

    static void writeTexts(JsonGenerator json, String field, Iterable<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
