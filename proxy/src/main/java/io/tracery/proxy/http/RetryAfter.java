package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.tracery.proxy.loop.Ticker;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;

/** For how long an answer of 429 or 503 asks to be left alone (RFC 9110 section 10.2.3: seconds or a date). */
final class RetryAfter {

    /** No date and no number of seconds that anybody means is longer. */
    private static final int LONGEST_TEXT = 64;

    private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private RetryAfter() {}

    /** 0 where it asks for nothing that can be understood; at most a day. */
    static long nanos(HttpResponse head, Ticker ticker) {
        int status = head.status().code();
        if (status != 429 && status != 503) {
            return 0;
        }
        String value = head.headers().get(HttpHeaderNames.RETRY_AFTER);
        return value == null || value.length() > LONGEST_TEXT ? 0 : nanos(value.strip(), ticker);
    }

    private static long nanos(String value, Ticker ticker) {
        if (!value.isEmpty() && value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return bounded(Long.parseLong(value));
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return bounded(until.getEpochSecond() - TimeUnit.NANOSECONDS.toSeconds(ticker.epochNanos()));
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    private static long bounded(long seconds) {
        return TimeUnit.SECONDS.toNanos(Math.clamp(seconds, 0, MOST_SECONDS));
    }
}
