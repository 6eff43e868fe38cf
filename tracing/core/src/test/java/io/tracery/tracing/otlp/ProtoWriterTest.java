package io.tracery.tracing.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against protobuf's own output stream, with values of every size. */
class ProtoWriterTest {

    private static final long SEED = 7;

    @Test
    void writesScalarsAsProtobufDoes() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int run = 0; run < 2_000; run++) {
            long value = random.nextLong() >>> random.nextInt(64);
            int small = (int) value;
            int field = random.nextInt(1, 40);
            String text = text(random);
            ProtoWriter ours = new ProtoWriter(4);
            ours.varint(field, value);
            ours.varint(field, -value);
            ours.zigZag(field, small);
            ours.zigZag(field, -small);
            ours.fixed64(field, value);
            ours.fixed32(field, small);
            ours.doubleValue(field, value * 0.37);
            ours.string(field, text);
            ours.id(field, value);
            ours.id(field, value, ~value);

            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream theirs = CodedOutputStream.newInstance(bytes);
            theirs.writeInt64(field, value);
            theirs.writeInt64(field, -value);
            theirs.writeSInt32(field, small);
            theirs.writeSInt32(field, -small);
            theirs.writeFixed64(field, value);
            theirs.writeFixed32(field, small);
            theirs.writeDouble(field, value * 0.37);
            theirs.writeString(field, text);
            theirs.writeByteArray(field, ByteBuffer.allocate(8).putLong(value).array());
            theirs.writeByteArray(
                    field,
                    ByteBuffer.allocate(16).putLong(value).putLong(~value).array());
            theirs.flush();
            assertThat(ours.toByteArray()).as("run %d", run).isEqualTo(bytes.toByteArray());
        }
    }

    @Test
    void nestedMessagesOfEveryLengthGetTheShortestLengthPrefix() throws IOException {
        for (int length : new int[] {0, 1, 126, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152}) {
            byte[] body = new byte[length];
            ProtoWriter ours = new ProtoWriter(4);
            int outer = ours.begin(3);
            int inner = ours.begin(4);
            ours.raw(body);
            ours.end(inner);
            ours.varint(5, 1);
            ours.end(outer);

            ByteString.Output nested = ByteString.newOutput();
            CodedOutputStream theirs = CodedOutputStream.newInstance(nested);
            theirs.writeByteArray(4, body);
            theirs.writeInt32(5, 1);
            theirs.flush();
            ByteString.Output whole = ByteString.newOutput();
            CodedOutputStream wrapped = CodedOutputStream.newInstance(whole);
            wrapped.writeBytes(3, nested.toByteString());
            wrapped.flush();
            assertThat(ours.toByteArray())
                    .as("length %d", length)
                    .isEqualTo(whole.toByteString().toByteArray());
        }
    }

    @Test
    void aLoneSurrogateStillGivesValidText() {
        ProtoWriter writer = new ProtoWriter(4);
        writer.string(1, "a\ud800b");

        assertThat(writer.toByteArray()).containsExactly(0x0a, 3, 'a', '?', 'b');
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(200);
        int highest = random.nextBoolean() ? 0x7f : 0x2fff;
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(highest));
        }
        return text.toString();
    }
}
