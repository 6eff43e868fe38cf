package io.tracery.proxy.http2;

/**
 * HPACK's code for strings, read (RFC 7541 section 5.2 and appendix B). The code is canonical: its lengths say all of it.
 * Ours are sent as they are; the code saves a fifth of their bytes and costs more than it saves between neighbours.
 */
final class Huffman {

    /** The length of each byte's code in bits, and of the end's, as letters from A for 5 on. */
    private static final String LENGTHS = "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
            + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
            + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
            + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV"
            + "Z";

    private static final int SHORTEST = 5;
    private static final int LONGEST = 30;
    private static final int END = 256;

    /** What begins with these bits: the byte and the length of its code, or 0 where the code is longer. */
    private static final int FAST_BITS = 9;

    private static final short[] FAST = new short[1 << FAST_BITS];
    private static final int LENGTH_SHIFT = 8;

    /** Of each length: the first code, the first place in {@link #SYMBOLS}, and how many. */
    private static final int[] FIRST = new int[LONGEST + 1];

    private static final int[] PLACE = new int[LONGEST + 1];
    private static final int[] COUNT = new int[LONGEST + 1];
    private static final short[] SYMBOLS = new short[LENGTHS.length()];

    static {
        int code = 0;
        int place = 0;
        for (int length = SHORTEST; length <= LONGEST; length++) {
            code <<= 1;
            FIRST[length] = code;
            PLACE[length] = place;
            for (int symbol = 0; symbol <= END; symbol++) {
                if (LENGTHS.charAt(symbol) - 'A' + SHORTEST == length) {
                    SYMBOLS[place++] = (short) symbol;
                    fast(symbol, code++, length);
                }
            }
            COUNT[length] = place - PLACE[length];
        }
    }

    private Huffman() {}

    private static void fast(int symbol, int code, int length) {
        if (length <= FAST_BITS) {
            int free = FAST_BITS - length;
            for (int rest = 0; rest < 1 << free; rest++) {
                FAST[(code << free) | rest] = (short) (length << LENGTH_SHIFT | symbol);
            }
        }
    }

    /** How many bytes so many can be at most when they are unpacked. */
    static int most(int bytes) {
        return bytes * Byte.SIZE / SHORTEST;
    }

    /**
     * @param out has room for {@link #most}
     * @return where in {@code out} it ends; -1 where it is not of this code, or ends in more than padding
     */
    static int decode(byte[] in, int from, int to, byte[] out, int outFrom) {
        long bits = 0;
        int have = 0;
        int at = from;
        int written = outFrom;
        while (true) {
            while (have <= LONGEST && at < to) {
                bits = bits << Byte.SIZE | (in[at++] & 0xff);
                have += Byte.SIZE;
            }
            int hit = have >= FAST_BITS ? FAST[(int) (bits >>> (have - FAST_BITS)) & ((1 << FAST_BITS) - 1)] : 0;
            if (hit == 0) {
                hit = slow(bits, have);
                if (hit < 0) {
                    return padding(bits, have) ? written : -1;
                }
            }
            have -= hit >>> LENGTH_SHIFT;
            out[written++] = (byte) hit;
        }
    }

    private static int slow(long bits, int have) {
        for (int length = SHORTEST; length <= Math.min(LONGEST, have); length++) {
            int code = (int) (bits >>> (have - length)) & ((1 << length) - 1);
            int nth = code - FIRST[length];
            if (nth >= 0 && nth < COUNT[length]) {
                int symbol = SYMBOLS[PLACE[length] + nth];
                return symbol == END ? -1 : length << LENGTH_SHIFT | symbol;
            }
        }
        return -1;
    }

    /** Fewer than eight bits, all of them ones. */
    private static boolean padding(long bits, int have) {
        return have < Byte.SIZE && (bits & ((1L << have) - 1)) == (1L << have) - 1;
    }
}
