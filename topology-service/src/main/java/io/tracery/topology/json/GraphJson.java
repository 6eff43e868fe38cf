package io.tracery.topology.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.tracery.topology.graph.EdgeSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Writes the records of {@code graph} as they are: a component is a key, null is {@code null}, maps are in the order of
 * their keys. Numbers that were measured have six significant digits; more would only claim precision.
 */
public final class GraphJson {

    private static final MathContext PRECISION = new MathContext(6);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(com.fasterxml.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new Measured(Double.class))
                    .addSerializer(double.class, new Measured(double.class)))
            .build();

    private GraphJson() {}

    /**
     * One edge as the topic {@code service_graph} shows it.
     *
     * @param now Unix milliseconds
     * @param window seconds that rates and quantiles are of
     */
    public record EdgeEvent(long now, double window, EdgeSummary edge) {}

    /** UTF-8. */
    public static byte[] write(Record value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a " + value.getClass().getSimpleName() + " cannot be written", e);
        }
    }

    private static final class Measured extends StdSerializer<Double> {

        private static final long serialVersionUID = 1;

        Measured(Class<Double> type) {
            super(type);
        }

        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (!Double.isFinite(value)) {
                out.writeNull();
            } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                out.writeNumber(value.longValue() + ".0");
            } else {
                char[] text = SixDigits.text(value);
                if (text.length == 0) {
                    out.writeNumber(new BigDecimal(value).round(PRECISION).stripTrailingZeros());
                } else {
                    out.writeNumber(text, 0, text.length);
                }
            }
        }
    }
}
