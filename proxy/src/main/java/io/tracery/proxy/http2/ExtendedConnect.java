package io.tracery.proxy.http2;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 client's extended CONNECT (RFC 8441) in HTTP/1.1's words: GET with {@code Upgrade}, answered by 101 where the
 * other side agrees. WebSocket's proof that the server has understood (RFC 6455 section 1.3), which HTTP/2 leaves out, is
 * asked for here and looked at here.
 */
public final class ExtendedConnect extends DefaultHttpRequest {

    static final AsciiString KEY = AsciiString.cached("sec-websocket-key");
    static final AsciiString ACCEPT = AsciiString.cached("sec-websocket-accept");

    private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final @Nullable String proof;

    private ExtendedConnect(String path, HttpHeaders headers, @Nullable String proof) {
        super(HttpVersion.HTTP_1_1, HttpMethod.GET, path, headers, /* validateRequestLine= */ false);
        this.proof = proof;
    }

    /** @param protocol a token */
    static ExtendedConnect of(String path, HttpHeaders headers, CharSequence protocol) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE).set(HttpHeaderNames.UPGRADE, protocol);
        // Where HTTP/2 says :protocol they have no meaning (RFC 8441 section 5).
        headers.remove(KEY).remove(ACCEPT);
        if (!WEBSOCKET.contentEqualsIgnoreCase(protocol)) {
            return new ExtendedConnect(path, headers, null);
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] nonce = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .array();
        String key = Base64.getEncoder().encodeToString(nonce);
        headers.set(KEY, key);
        return new ExtendedConnect(path, headers, accept(key));
    }

    /** Whether it asks for WebSocket and nothing else, by either version's words. */
    public static boolean websocket(HttpRequest head) {
        String offered = head.headers().get(HttpHeaderNames.UPGRADE);
        return offered != null && WEBSOCKET.contentEqualsIgnoreCase(offered);
    }

    /**
     * Whether the answer says yes and does not mean it: success without a change of the protocol, which an HTTP/2 client
     * would take for one, or a change that is not proved.
     */
    public boolean contradictedBy(HttpResponse answer) {
        int status = answer.status().code();
        return status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                ? proof != null && !proof.equals(answer.headers().get(ACCEPT))
                : status / 100 == 2;
    }

    /** The answer of 2xx to an extended CONNECT, as the answer to the upgrade that it was made of. */
    public static HttpResponse agreed(HttpResponse answer, String protocol, @Nullable String key) {
        HttpHeaders headers = answer.headers();
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE).set(HttpHeaderNames.UPGRADE, protocol);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        if (key != null) {
            headers.set(ACCEPT, accept(key));
        }
        return answer.setStatus(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    /** What a server that has understood answers (RFC 6455 section 4.2.2). */
    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
