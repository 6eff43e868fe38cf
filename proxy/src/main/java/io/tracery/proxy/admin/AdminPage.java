package io.tracery.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.channels.FileChannel;
import java.util.Map;

/**
 * One page of the admin port. Asked anew for each request, on a thread of its own: it may wait, within reason.
 *
 * @param audience who may see it
 * @param writes true when POST changes something; GET alone never does
 * @param content makes the page
 */
public record AdminPage(Audience audience, boolean writes, Content content) {

    /** From where a page may be asked for. */
    public enum Audience {
        /** Probes and scrapers, wherever they run. */
        ANYONE,
        /** Who is on the same machine or in the same pod: the page tells of traffic or changes something. */
        LOOPBACK
    }

    /** What a page says. */
    @FunctionalInterface
    public interface Content {

        /** @throws IllegalArgumentException when the query makes no sense; its message is for the person who wrote it */
        Answer to(Query query) throws Exception;
    }

    /**
     * What was asked.
     *
     * @param changes whether it was a POST
     * @param accept the {@code Accept} header, empty where there is none
     * @param parameters the query's, each once, decoded
     */
    public record Query(boolean changes, String accept, Map<String, String> parameters) {

        /** A whole number within bounds. */
        public int number(String name, int otherwise, int least, int most) {
            String text = parameters.get(name);
            if (text == null) {
                return otherwise;
            }
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new IllegalArgumentException(name + " is a number from " + least + " to " + most + ", not " + text);
        }
    }

    /** A page as it goes out. */
    public record Answer(HttpResponseStatus status, String contentType, Body body) {

        public static Answer text(String body) {
            return text(HttpResponseStatus.OK, body);
        }

        public static Answer text(HttpResponseStatus status, String body) {
            return new Answer(status, "text/plain; charset=utf-8", new Body.Text(body));
        }

        public static Answer json(String body) {
            return new Answer(HttpResponseStatus.OK, "application/json", new Body.Text(body));
        }
    }

    /** What a page consists of. */
    public sealed interface Body {

        record Text(String text) implements Body {}

        /** Sent from the disk, because it may be larger than the heap; closed when it has been sent. */
        record OpenFile(FileChannel file) implements Body {}
    }

    /** For everyone, and only to look at. */
    public static AdminPage open(Content content) {
        return new AdminPage(Audience.ANYONE, false, content);
    }

    /** For the same machine, and only to look at. */
    public static AdminPage local(Content content) {
        return new AdminPage(Audience.LOOPBACK, false, content);
    }
}
