package io.tracery.proxy.http2;

/** What both ends know from the beginning (RFC 7541 appendix A). */
final class StaticTable {

    /** The text of the table, apart because names are known before fields are made of it. */
    static final class Appendix {

        static final String[] NAMES_AND_VALUES = {
            ":authority",
            "",
            ":method",
            "GET",
            ":method",
            "POST",
            ":path",
            "/",
            ":path",
            "/index.html",
            ":scheme",
            "http",
            ":scheme",
            "https",
            ":status",
            "200",
            ":status",
            "204",
            ":status",
            "206",
            ":status",
            "304",
            ":status",
            "400",
            ":status",
            "404",
            ":status",
            "500",
            "accept-charset",
            "",
            "accept-encoding",
            "gzip, deflate",
            "accept-language",
            "",
            "accept-ranges",
            "",
            "accept",
            "",
            "access-control-allow-origin",
            "",
            "age",
            "",
            "allow",
            "",
            "authorization",
            "",
            "cache-control",
            "",
            "content-disposition",
            "",
            "content-encoding",
            "",
            "content-language",
            "",
            "content-length",
            "",
            "content-location",
            "",
            "content-range",
            "",
            "content-type",
            "",
            "cookie",
            "",
            "date",
            "",
            "etag",
            "",
            "expect",
            "",
            "expires",
            "",
            "from",
            "",
            "host",
            "",
            "if-match",
            "",
            "if-modified-since",
            "",
            "if-none-match",
            "",
            "if-range",
            "",
            "if-unmodified-since",
            "",
            "last-modified",
            "",
            "link",
            "",
            "location",
            "",
            "max-forwards",
            "",
            "proxy-authenticate",
            "",
            "proxy-authorization",
            "",
            "range",
            "",
            "referer",
            "",
            "refresh",
            "",
            "retry-after",
            "",
            "server",
            "",
            "set-cookie",
            "",
            "strict-transport-security",
            "",
            "transfer-encoding",
            "",
            "user-agent",
            "",
            "vary",
            "",
            "via",
            "",
            "www-authenticate",
            ""
        };

        private Appendix() {}
    }

    private static final HpackField[] FIELDS = fields();

    static final int LENGTH = FIELDS.length;

    private StaticTable() {}

    private static HpackField[] fields() {
        HpackField[] fields = new HpackField[Appendix.NAMES_AND_VALUES.length / 2];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = new HpackField(Appendix.NAMES_AND_VALUES[2 * i], Appendix.NAMES_AND_VALUES[2 * i + 1]);
        }
        return fields;
    }

    /** @param index 1 to {@link #LENGTH} */
    static HpackField field(int index) {
        return FIELDS[index - 1];
    }

    /** The index of the field of that name and value, or 0. */
    static int valued(FieldName name, byte[] value, int from, int to) {
        for (int index = name.index, end = index + name.values; index < end; index++) {
            if (field(index).valued(value, from, to)) {
                return index;
            }
        }
        return 0;
    }
}
