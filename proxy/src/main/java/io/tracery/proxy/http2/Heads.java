package io.tracery.proxy.http2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.tracery.proxy.http1.HeadFields;
import java.util.Iterator;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Heads of messages, from HTTP/1's way to HTTP/2's (RFC 9113 section 8.3); {@link HeadBlock} is the other direction. */
public final class Heads {

    private static final AsciiString METHOD = AsciiString.cached(":method");
    private static final AsciiString SCHEME = AsciiString.cached(":scheme");
    private static final AsciiString PATH = AsciiString.cached(":path");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
    private static final AsciiString STATUS = AsciiString.cached(":status");
    private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");

    /** Where a head is packed. */
    public static final class Packer {

        final HpackEncoder encoder = new HpackEncoder();

        /**
         * One that asks for another protocol becomes an extended CONNECT (RFC 8441 section 4).
         *
         * @param scheme of the connection that the request goes out on
         * @param protocol that it asks for, or null
         */
        public void request(HttpRequest request, AsciiString scheme, @Nullable String protocol) {
            String host = request.headers().get(HttpHeaderNames.HOST);
            boolean connect = protocol == null && HttpMethod.CONNECT.equals(request.method());
            encoder.field(METHOD, protocol == null ? request.method().asciiName() : HttpMethod.CONNECT.asciiName());
            if (connect) {
                encoder.field(AUTHORITY, request.uri());
            } else {
                encoder.field(SCHEME, scheme);
                encoder.field(PATH, request.uri());
                if (host != null && !host.isEmpty()) {
                    encoder.field(AUTHORITY, host);
                }
            }
            if (protocol != null) {
                encoder.field(PROTOCOL, protocol);
                encoder.leaveOut(ExtendedConnect.KEY);
            }
            fields(request.headers());
        }

        public void response(HttpResponse response) {
            encoder.field(STATUS, response.status().codeAsText());
            fields(response.headers());
        }

        /** The answer that makes a tunnel of an extended CONNECT (RFC 8441 section 5). */
        public void agreed(HttpResponse response) {
            encoder.field(STATUS, HttpResponseStatus.OK.codeAsText());
            encoder.leaveOut(ExtendedConnect.ACCEPT);
            fields(response.headers());
        }

        /** An answer of nothing but its status. */
        void status(HttpResponseStatus status) {
            encoder.field(STATUS, status.codeAsText());
        }

        void trailers(HttpHeaders trailers) {
            fields(trailers);
        }

        private void fields(HttpHeaders from) {
            if (from instanceof HeadFields read) {
                read.sendTo(encoder);
                return;
            }
            Iterator<Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
            while (fields.hasNext()) {
                Entry<CharSequence, CharSequence> field = fields.next();
                encoder.field(field.getKey(), field.getValue());
            }
        }
    }

    private Heads() {}
}
