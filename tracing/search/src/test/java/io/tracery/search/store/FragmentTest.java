package io.tracery.search.store;

import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.hex;
import static io.tracery.search.store.Spans.number;
import static io.tracery.search.store.Spans.span;
import static io.tracery.search.store.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans as they are stored: whatever OTLP allows comes back exactly. */
class FragmentTest {

    private static final byte[] ID = hex(TRACE_A).toByteArray();

    private final SpanBatch batch = new SpanBatch();
    private final FragmentWriter writer = new FragmentWriter();

    @Test
    void givesBackWhateverASpanMayHold() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<SpanEntry> spans = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(20); i++) {
                spans.add(any(random, i));
            }
            // Of one writer, so that nothing of a fragment is left for the next.
            assertThat(FragmentReader.read(ID, written(spans).columns().toBytes()))
                    .as("seed %d", seed)
                    .isEqualTo(spans);
        }
    }

    private Fragment written(List<SpanEntry> spans) throws IOException {
        byte[] otlp = Spans.batch(spans.toArray(SpanEntry[]::new)).toByteArray();
        return writer.write(otlp, batch.read(otlp).getFirst());
    }

    /** Names stand where the record before had its own, if nobody forgets that: beyond the end of a smaller one. */
    @Test
    void bearsSpansAndEventsWithoutANameAfterALargerRecord() throws IOException {
        SpanEntry large = entry(
                "s",
                span(TRACE_A, 1, "op", 0)
                        .addAttributes(text("fill", "x".repeat(10_000)))
                        .addEvents(Span.Event.newBuilder().setName("e")));
        SpanEntry unnamed = entry("s", span(TRACE_A, 2, "", 0));
        SpanEntry unusual = entry("s", span(TRACE_A, 3, "", 0).setTraceState("a=b"));
        SpanEntry event = entry("s", span(TRACE_A, 4, "op", 0).addEvents(Span.Event.newBuilder()));
        for (SpanEntry small : List.of(unnamed, unusual, event)) {
            written(List.of(large));
            assertThat(FragmentReader.read(ID, written(List.of(small)).columns().toBytes()))
                    .containsExactly(small);
        }
    }

    /** One record must not stop all others: what is stored can be read, and all else is refused as what it is, no OTLP. */
    @Test
    void refusesOrGivesBackWhateverARecordIs() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            byte[] otlp = Spans.batch(any(random, 1), any(random, 2)).toByteArray();
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                otlp[random.nextInt(otlp.length)] = (byte) random.nextInt(random.nextBoolean() ? 16 : 256);
            }
            List<Fragment> fragments = new ArrayList<>();
            try {
                for (TraceSlices trace : batch.read(otlp)) {
                    fragments.add(writer.write(otlp, trace));
                }
            } catch (InvalidProtocolBufferException e) {
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
            for (Fragment fragment : fragments) {
                assertThat(FragmentReader.read(
                                fragment.traceId().bytes, fragment.columns().toBytes()))
                        .as("seed %d", seed)
                        .hasSize(fragment.spans());
            }
        }
    }

    private static SpanEntry any(Random random, int number) {
        Span.Builder span = span(TRACE_A, number, "op-" + random.nextInt(3), random.nextInt(1_000))
                .setKindValue(random.nextInt(8))
                .setFlags(random.nextInt());
        if (random.nextBoolean()) {
            span.setParentSpanId(hex("%016x".formatted(random.nextInt(30))));
        }
        if (random.nextBoolean()) {
            span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(4)).setMessage("m" + random.nextInt(2)));
        }
        for (int i = random.nextInt(8); i > 0; i--) {
            span.addAttributes(attribute(random));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            span.addEventsBuilder()
                    .setName("e" + i)
                    .setTimeUnixNano(random.nextLong())
                    .setDroppedAttributesCount(random.nextInt(20) == 0 ? 1 : 0)
                    .addAttributes(attribute(random));
        }
        if (random.nextInt(4) == 0) {
            span.addLinksBuilder().setTraceId(hex(TRACE_B)).setFlags(1);
        }
        if (random.nextInt(8) == 0) {
            span.setTraceState("a=b").setDroppedEventsCount(2).setEndTimeUnixNano(0);
        }
        if (random.nextInt(8) == 0) {
            UnknownFieldSet.Field later =
                    UnknownFieldSet.Field.newBuilder().addVarint(7).build();
            span.setUnknownFields(
                    UnknownFieldSet.newBuilder().addField(999, later).build());
        }
        return entry("s" + random.nextInt(3), span, text("host", "h" + random.nextInt(2)));
    }

    private static KeyValue attribute(Random random) {
        String key = "k" + random.nextInt(5);
        return switch (random.nextInt(9)) {
            case 0 -> KeyValue.newBuilder().setKey(key).build();
            case 1 -> Spans.attribute(key, AnyValue.newBuilder());
            case 2 -> Spans.attribute(key, AnyValue.newBuilder().setBoolValue(random.nextBoolean()));
            case 3 -> number(key, random.nextLong());
            case 4 -> Spans.attribute(key, AnyValue.newBuilder().setDoubleValue(random.nextGaussian()));
            case 5 -> Spans.attribute(key, AnyValue.newBuilder().setDoubleValue(random.nextInt(9_000) / 1000.0));
            case 6 ->
                Spans.attribute(key, AnyValue.newBuilder().setDoubleValue(random.nextBoolean() ? -0.0 : Double.NaN));
            case 7 -> Spans.attribute(key, AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("b")));
            default -> text(key, "value " + random.nextInt(4));
        };
    }

    @Test
    void refusesDamagedBytesInsteadOfMakingSomethingUp() throws IOException {
        byte[] stored = written(List.of(entry("s", span(TRACE_A, 1, "op", 0))))
                .columns()
                .toBytes();
        assertThatThrownBy(() -> FragmentReader.read(ID, Arrays.copyOf(stored, stored.length - 3)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
    }

    private static BytesRef compressed(Dictionaries dictionaries, byte[] fragment) throws IOException {
        Column column = new Column();
        column.writeBytes(fragment);
        return BytesRef.deepCopyOf(dictionaries.compress(new BytesRef(ID), column));
    }

    @Test
    void learnsWhatFragmentsHaveInCommonAndReadsThemAfterARestart(@TempDir Path folder) throws IOException {
        Dictionaries dictionaries = Dictionaries.open(folder);
        Random random = new Random(1);
        List<BytesRef> stored = new ArrayList<>();
        List<byte[]> fragments = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            byte[] fragment = ("what all of them have in common, and a number: " + random.nextLong() + " ")
                    .repeat(10)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            fragments.add(fragment);
            stored.add(compressed(dictionaries, fragment));
        }
        assertThat(stored.getLast().length).isLessThan(stored.getFirst().length);
        assertThat(folder.resolve("dictionary-1")).exists();

        Dictionaries again = Dictionaries.open(folder);
        assertThat(again.decompress(stored.getFirst())).isEqualTo(fragments.getFirst());
        assertThat(again.decompress(stored.getLast())).isEqualTo(fragments.getLast());
        assertThat(compressed(again, fragments.getLast()).length).isEqualTo(stored.getLast().length);
        assertThat(Dictionaries.traceId(stored.getLast())).isEqualTo(ID);
    }
}
