package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A graph as JSON; what else is made of it is made once, when first it is asked for. Any thread. */
final class Rendered {

    private static final int WORTH_COMPRESSING = 1024;
    private static final byte[] BEFORE = "event: graph\ndata: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AFTER = "\n\n".getBytes(StandardCharsets.UTF_8);

    private final long version;
    private final HttpData json;
    private @Nullable HttpData gzip;
    private @Nullable HttpData event;

    /**
     * @param version of the graph
     * @param json UTF-8
     */
    Rendered(long version, HttpData json) {
        this.version = version;
        this.json = json;
    }

    long version() {
        return version;
    }

    HttpData json() {
        return json;
    }

    /** As an answer to a request, compressed for who can read that. */
    HttpResponse answer(RequestHeaders request) {
        String accepted = request.get("accept-encoding");
        boolean compressed = json.length() >= WORTH_COMPRESSING && accepted != null && accepted.contains("gzip");
        ResponseHeadersBuilder headers = ResponseHeaders.builder(HttpStatus.OK)
                .contentType(MediaType.JSON_UTF_8)
                .set("cache-control", "no-store")
                .set("vary", "accept-encoding");
        if (compressed) {
            headers.set("content-encoding", "gzip");
        }
        return HttpResponse.of(headers.build(), compressed ? gzip() : json);
    }

    /** Makes what was asked of another one before anybody asks. */
    void prepareAs(Rendered before) {
        boolean compressed;
        synchronized (before) {
            compressed = before.gzip != null;
        }
        if (compressed) {
            gzip();
        }
    }

    private synchronized HttpData gzip() {
        HttpData known = gzip;
        if (known == null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length() / 8 + 64);
            try (OutputStream out = new Quick(bytes)) {
                out.write(json.array());
            } catch (IOException e) {
                throw new UncheckedIOException("memory cannot be written", e);
            }
            known = HttpData.wrap(bytes.toByteArray());
            gzip = known;
        }
        return known;
    }

    /** As a server-sent event. */
    synchronized HttpData event() {
        HttpData known = event;
        if (known == null) {
            byte[] bytes = new byte[BEFORE.length + json.length() + AFTER.length];
            System.arraycopy(BEFORE, 0, bytes, 0, BEFORE.length);
            System.arraycopy(json.array(), 0, bytes, BEFORE.length, json.length());
            System.arraycopy(AFTER, 0, bytes, BEFORE.length + json.length(), AFTER.length);
            known = HttpData.wrap(bytes);
            event = known;
        }
        return known;
    }

    /** The names in a graph repeat so much that the least effort finds most of it. */
    private static final class Quick extends GZIPOutputStream {
        Quick(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
