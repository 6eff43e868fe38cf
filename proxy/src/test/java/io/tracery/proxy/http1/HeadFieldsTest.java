package io.tracery.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Fields over bytes behave like Netty's own over objects, whatever is done to them in whatever order. */
class HeadFieldsTest {

    private static final long SEED = 7;
    private static final String[] NAMES = {"host", "Host", "x-a", "X-A", "x-b", "traceparent", "accept", "x^", "x~"};
    private static final String[] VALUES = {
        "",
        "a",
        "bb",
        "cc",
        "00-11-22-01",
        "00-33-44-00",
        "one, two",
        "two,One",
        "oNe \t,\t three",
        "one,,",
        "on, e",
        ","
    };
    private static final String[] LISTED = {"ONE", "one", "two", "three", "one, two", "o", "a"};

    @Test
    void behavesLikeNettysHeadersUnderAnyChanges() {
        RandomGenerator random = new SplittableRandom(SEED);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            HttpHeaders model = new DefaultHttpHeaders();
            for (int i = random.nextInt(24); i > 0; i--) {
                String name = one(random, NAMES);
                String value = one(random, VALUES);
                text.append(name).append(": ").append(value).append("\r\n");
                model.add(name, value);
            }
            HttpHeaders fields = parsed(text.toString());
            for (int i = random.nextInt(8); i > 0; i--) {
                change(random.nextInt(5), one(random, NAMES), one(random, VALUES), fields, model);
                same(fields, model, round);
            }
            same(fields, model, round);
            assertThat(lines(parsed(written(fields))))
                    .as("written, round %d", round)
                    .isEqualTo(lines(model));
        }
    }

    @Test
    void keepsUntouchedLinesLetterByLetter() {
        HeadFields fields = parsed("hOST:cart\r\nX-Gone: 1\r\nX-Stays:\t two  \r\n");
        fields.remove("x-gone");
        fields.set("x-new", "3");
        assertThat(written(fields)).isEqualTo("hOST:cart\r\nX-Stays:\t two  \r\nx-new: 3\r\n");
    }

    @Test
    void aCopyStaysAsItWasWhateverBecomesOfWhatItWasMadeOf() {
        HeadFields fields = parsed("traceparent: first\r\n");
        HttpHeaders copy = fields.copy();
        fields.set("traceparent", "other");
        assertThat(copy.get("traceparent")).isEqualTo("first");
    }

    @Test
    void whatIsNotLatin1IsWrittenAsQuestionMarksAndNeverEndsALine() {
        HeadFields fields = parsed("host: cart\r\n");
        // The low byte of the first is a line feed.
        fields.set("x-new", "a\u010ab\u20acc\u00e4");
        assertThat(written(fields)).isEqualTo("host: cart\r\nx-new: a?b?c\u00e4\r\n");
    }

    @Test
    void textOfAFieldThatMayStandInNoTableIsNotKept() {
        HeadFields fields = parsed("x-key: secret\r\nx-other: open\r\n");
        fields.sensitiveLine();
        assertThat(fields.get("x-other")).isEqualTo("open").isNotSameAs(fields.get("x-other"));
        assertThat(fields.get("x-key")).isEqualTo("secret").isSameAs(fields.get("x-key"));
    }

    private static void change(int what, String name, String value, HttpHeaders fields, HttpHeaders model) {
        for (HttpHeaders headers : List.of(fields, model)) {
            switch (what) {
                case 0 -> headers.remove(name);
                case 1 -> headers.set(name, value);
                case 2 -> headers.add(name, value);
                case 3 -> headers.set(name, List.of(value, "also"));
                default -> headers.setInt(name, value.length());
            }
        }
    }

    private static void same(HttpHeaders fields, HttpHeaders model, int round) {
        assertThat(lines(fields)).as("round %d", round).isEqualTo(lines(model));
        assertThat(fields.size()).isEqualTo(model.size());
        assertThat(fields.isEmpty()).isEqualTo(model.isEmpty());
        for (String name : NAMES) {
            assertThat(fields.get(name)).as(name).isEqualTo(model.get(name));
            assertThat(fields.getAll(name)).as(name).isEqualTo(model.getAll(name));
            assertThat(fields.contains(name)).as(name).isEqualTo(model.contains(name));
            for (String listed : LISTED) {
                assertThat(fields.containsValue(name, listed, true))
                        .as("%s in %s, whatever its case", listed, fields.getAll(name))
                        .isEqualTo(model.containsValue(name, listed, true));
                assertThat(fields.containsValue(name, listed, false))
                        .as("%s in %s", listed, fields.getAll(name))
                        .isEqualTo(model.containsValue(name, listed, false));
            }
        }
    }

    /** Sorted by name: what was set anew stands behind, where Netty leaves it in place. */
    private static List<String> lines(HttpHeaders headers) {
        return StreamSupport.stream(
                        ((Iterable<Map.Entry<CharSequence, CharSequence>>) headers::iteratorCharSequence).spliterator(),
                        false)
                .collect(
                        Collectors.groupingBy(field -> field.getKey().toString().toLowerCase(Locale.ROOT)))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(field -> field.getKey() + ": "
                        + field.getValue().stream()
                                .map(value -> value.getValue().toString())
                                .toList())
                .toList();
    }

    private static HeadFields parsed(String lines) {
        return new HeadParser((lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1)).fields(100);
    }

    private static String written(HttpHeaders fields) {
        ByteBuf out = Unpooled.buffer();
        HeadWriter.empty().fields(fields).to(out);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        assertThat(text).endsWith("\r\n");
        return text.substring(0, text.length() - 2);
    }

    private static String one(RandomGenerator random, String[] of) {
        return of[random.nextInt(of.length)];
    }
}
