package io.tracery.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.tracery.proxy.http1.HeadFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packing and unpacking beside Netty's, which is the oracle: what one packs the other unpacks, field by field. */
class HpackFuzzTest {

    private static final int HEADS = 400;
    private static final int MOST_BYTES = 1 << 20;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void nettyUnpacksWhatWePack(long seed) throws Exception {
        Random random = new Random(seed);
        HpackEncoder ours = new HpackEncoder();
        DefaultHttp2HeadersDecoder theirs = new DefaultHttp2HeadersDecoder(/* validateHeaders= */ false, MOST_BYTES);
        for (int head = 0; head < HEADS; head++) {
            List<Map.Entry<String, String>> fields = fields(random);
            if (random.nextInt(20) == 0) {
                int table = random.nextInt(5_000);
                ours.tableBytes(table);
                theirs.configuration().maxHeaderTableSize(Math.min(table, 4096));
            }
            ours.begin();
            fields.forEach(field -> ours.field(field.getKey(), field.getValue()));
            ByteBuf block = Unpooled.wrappedBuffer(ours.block(), 0, ours.length());
            assertThat(pairs(theirs.decodeHeaders(1, block))).isEqualTo(fields);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void weUnpackWhatNettyPacks(long seed) throws Exception {
        Random random = new Random(seed);
        HpackDecoder ours = new HpackDecoder();
        // Huffman's code for every string, or for none; some fields never to be kept.
        Http2HeadersEncoder.SensitivityDetector secrets = (name, value) -> value.length() % 7 == 0;
        DefaultHttp2HeadersEncoder theirs = new DefaultHttp2HeadersEncoder(secrets, false, 16, seed % 2 == 0 ? 0 : 64);
        for (int head = 0; head < HEADS; head++) {
            List<Map.Entry<String, String>> fields = fields(random);
            Http2Headers packed = new DefaultHttp2Headers(false);
            fields.forEach(field -> packed.add(field.getKey(), field.getValue()));
            ByteBuf block = Unpooled.buffer();
            theirs.encodeHeaders(1, packed, block);
            HeadBlock unpacked = HeadBlock.empty(1, MOST_BYTES);
            ours.decode(block.array(), 0, block.readableBytes(), unpacked);
            HttpHeaders read = unpacked.trailers();
            assertThat(read.entries()).containsExactlyInAnyOrderElementsOf(fields);
        }
    }

    /** RFC 7541 section 6.2.3: whoever passes such a field on must say the same of it. */
    @ParameterizedTest
    @ValueSource(strings = {"x-key", "authorization", "cookie"})
    void aFieldThatMayStandInNoTableIsPackedSoAgain(String name) throws Exception {
        Http2Headers packed = new DefaultHttp2Headers(false).add(name, "a=secret");
        ByteBuf block = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.ALWAYS_SENSITIVE).encodeHeaders(1, packed, block);
        HeadBlock unpacked = HeadBlock.empty(1, MOST_BYTES);
        new HpackDecoder().decode(block.array(), 0, block.readableBytes(), unpacked);
        HpackEncoder ours = new HpackEncoder();
        ours.begin();
        ((HeadFields) unpacked.trailers()).sendTo(ours);
        assertThat(ours.block()[0] & 0xf0).as("a literal that is never kept").isEqualTo(0x10);
    }

    /** Whatever comes is understood or is an error of the protocol, and never another one. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void bytesByChanceAreUnderstoodOrRefused(long seed) {
        Random random = new Random(seed);
        HpackDecoder ours = new HpackDecoder();
        for (int i = 0; i < 20_000; i++) {
            byte[] block = new byte[random.nextInt(60)];
            random.nextBytes(block);
            if (block.length > 3 && random.nextBoolean()) {
                // More often something that begins well: a literal with short strings.
                block[0] = (byte) (random.nextBoolean() ? 0x40 : random.nextInt(0x20));
                block[1] = (byte) random.nextInt(8);
            }
            HeadBlock head = HeadBlock.empty(1, 200);
            assertThatCode(() -> {
                        try {
                            ours.decode(block, 0, block.length, head);
                            head.request(/* end= */ true);
                        } catch (Http2Exception expected) {
                            assertThat(expected.getMessage()).isNotEmpty();
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }

    private static List<Map.Entry<String, String>> fields(Random random) {
        String[] names = {
            "accept",
            "user-agent",
            "x-one",
            "x-two",
            "traceparent",
            "cache-control",
            "x-" + random.nextInt(30),
            "grpc-status"
        };
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            fields.add(Map.entry(names[random.nextInt(names.length)], value(random)));
        }
        return fields;
    }

    private static String value(Random random) {
        if (random.nextInt(3) > 0) {
            return List.of("a", "gzip, deflate", "application/grpc", "no-cache", "7")
                    .get(random.nextInt(5));
        }
        StringBuilder value = new StringBuilder("v");
        int length = random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(40);
        for (int i = 0; i < length; i++) {
            value.append((char) (' ' + random.nextInt('~' - ' ' + 1)));
        }
        return value.append('v').toString();
    }

    private static List<Map.Entry<String, String>> pairs(Http2Headers headers) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        headers.forEach(field ->
                pairs.add(Map.entry(field.getKey().toString(), field.getValue().toString())));
        return pairs;
    }
}
