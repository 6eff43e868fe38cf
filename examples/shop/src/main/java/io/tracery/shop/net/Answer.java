package io.tracery.shop.net;

import com.linecorp.armeria.common.MediaType;

/**
 * What a service answers.
 *
 * @param status HTTP status
 * @param type of the body
 * @param body text in UTF-8
 */
public record Answer(int status, MediaType type, String body) {

    public static Answer json(String body) {
        return new Answer(200, MediaType.JSON_UTF_8, body);
    }

    public static Answer html(String body) {
        return new Answer(200, MediaType.HTML_UTF_8, body);
    }

    /** A status with one line of text. */
    public static Answer text(int status, String line) {
        return new Answer(status, MediaType.PLAIN_TEXT_UTF_8, line + "\n");
    }
}
