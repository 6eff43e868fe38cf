package io.tracery.load.lab.load;

import java.util.Locale;

/**
 * As much of an HTTP/1.1 response's head as a load generator must know.
 *
 * @param contentLength bytes that follow
 */
record ResponseHead(int status, long contentLength) {

    private static final String LENGTH = "\r\ncontent-length:";

    /**
     * @throws IllegalArgumentException for anything but a response with a length
     */
    static ResponseHead parse(String head) {
        if (!head.startsWith("HTTP/1.1 ") || head.length() < 12) {
            throw new IllegalArgumentException("not a response: " + head);
        }
        int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH);
        if (at < 0) {
            throw new IllegalArgumentException("a response without a length: " + head);
        }
        int end = head.indexOf('\r', at + 2);
        String length = head.substring(at + LENGTH.length(), end < 0 ? head.length() : end);
        return new ResponseHead(Integer.parseInt(head.substring(9, 12)), Long.parseLong(length.strip()));
    }
}
