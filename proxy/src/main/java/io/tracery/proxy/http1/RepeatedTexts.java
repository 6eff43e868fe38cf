package io.tracery.proxy.http1;

import io.netty.util.concurrent.FastThreadLocal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts as they were made of bytes before. Nearly all requests of a service name the same host and few paths, and exchanges
 * wait in numbers to be told of: each would keep copies of its own. Bounded: where two meet in one place, the later takes it;
 * long ones, among which credentials are, are not kept. One for each thread.
 */
public final class RepeatedTexts {

    private static final FastThreadLocal<RepeatedTexts> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected RepeatedTexts initialValue() {
            return new RepeatedTexts();
        }
    };

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A power of two. */
    private static final int PLACES = 256;

    private static final int MOST_BYTES = 48;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final @Nullable Known[] places = new @Nullable Known[PLACES];

    private RepeatedTexts() {}

    /** The text of some bytes; those are kept, too, because comparing them is quicker than comparing the text with bytes. */
    private static final class Known {
        private final byte[] bytes;
        private final String text;

        Known(byte[] of, int from, int to) {
            bytes = Arrays.copyOfRange(of, from, to);
            text = unkept(of, from, to);
        }
    }

    /** Latin-1 text of the bytes from here to there. */
    public static String text(byte[] of, int from, int to) {
        return to - from > MOST_BYTES ? unkept(of, from, to) : OF_THREAD.get().remembered(of, from, to);
    }

    /** The same, of which nothing is kept: for what may be a secret. */
    public static String unkept(byte[] of, int from, int to) {
        return new String(of, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private String remembered(byte[] of, int from, int to) {
        int place = place(of, from, to);
        Known known = places[place];
        if (known == null || !Arrays.equals(known.bytes, 0, known.bytes.length, of, from, to)) {
            known = new Known(of, from, to);
            places[place] = known;
        }
        return known.text;
    }

    /** By its beginning and its end, which is enough to tell most apart, and takes no longer for a long text. */
    private static int place(byte[] of, int from, int to) {
        long hash = (long) to - from;
        if (hash >= Long.BYTES) {
            hash ^= (long) LONG.get(of, from) * SPREAD;
            hash ^= Long.rotateLeft((long) LONG.get(of, to - Long.BYTES) * SPREAD, Integer.SIZE);
        } else {
            for (int i = from; i < to; i++) {
                hash = hash << Byte.SIZE | (of[i] & 0xff);
            }
        }
        return (int) ((hash * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(PLACES)));
    }
}
