package io.tracery.pipeline.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over HTTP for one signal: POST of protobuf or JSON, plain, gzip or zstd; the answer has the request's encoding, and a
 * refusal's body is a {@code google.rpc.Status}, as OTLP's specification says.
 */
final class HttpExports implements HttpService {

    static final MediaType PROTOBUF = MediaType.create("application", "x-protobuf");

    private final Signal signal;
    private final Executor executor;
    private final int maxRequestBytes;

    /** Reads, stores and answers one signal's export request. */
    interface Signal {
        Message export(byte[] protobuf) throws InvalidProtocolBufferException;

        Message exportJson(String json) throws InvalidProtocolBufferException;
    }

    HttpExports(Signal signal, Executor executor, int maxRequestBytes) {
        this.signal = signal;
        this.executor = executor;
        this.maxRequestBytes = maxRequestBytes;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        MediaType type = request.contentType();
        return HttpResponse.of(
                request.aggregate().handleAsync((whole, failure) -> answer(type, whole, failure), executor));
    }

    private HttpResponse answer(
            @Nullable MediaType type, @Nullable AggregatedHttpRequest request, @Nullable Throwable failure) {
        if (request == null) {
            return unread(type, failure);
        }
        MediaType answerType = answerType(type);
        boolean json = answerType.is(MediaType.JSON);
        try {
            if (!json && (type == null || !type.is(PROTOBUF))) {
                throw new RefusedException(
                        Refusal.UNSUPPORTED,
                        "Content-Type is " + type + "; send application/x-protobuf or application/json");
            }
            byte[] body = body(request);
            Message response = json ? signal.exportJson(new String(body, StandardCharsets.UTF_8)) : signal.export(body);
            return HttpResponse.of(
                    ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, answerType),
                    content(answerType, response));
        } catch (InvalidProtocolBufferException e) {
            return refused(
                    type,
                    new RefusedException(
                            Refusal.MALFORMED,
                            "the body is not an OTLP export request in " + answerType + ": " + e.getMessage()));
        } catch (RuntimeException e) {
            return refused(type, RefusedException.of(e));
        }
    }

    private HttpResponse refused(@Nullable MediaType type, RefusedException refused) {
        return refusal(type, refused).toHttpResponse();
    }

    /** OTLP: that of the request; protobuf where it is neither. */
    private static MediaType answerType(@Nullable MediaType requestType) {
        return requestType != null && requestType.is(MediaType.JSON) ? MediaType.JSON : PROTOBUF;
    }

    private HttpResponse unread(@Nullable MediaType type, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? Exceptions.peel(failure) : failure;
        return refused(
                type,
                cause instanceof ContentTooLargeException
                        ? RefusedException.tooLarge(maxRequestBytes)
                        : new RefusedException(Refusal.MALFORMED, "the body could not be read to its end: " + cause));
    }

    private byte[] body(AggregatedHttpRequest request) {
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        return switch (encoding) {
            case "identity" -> request.content().array();
            case "gzip" -> unpacked(request, encoding, GZIPInputStream::new);
            case "zstd" -> unpacked(request, encoding, Zstandard::unpacked);
            default ->
                throw new RefusedException(
                        Refusal.UNSUPPORTED, "Content-Encoding is " + encoding + "; send gzip, zstd or none");
        };
    }

    private interface Unpacking {
        InputStream of(InputStream packed) throws IOException;
    }

    /** Stops as soon as the bound is passed, so that a few bytes cannot fill the memory. */
    private byte[] unpacked(AggregatedHttpRequest request, String encoding, Unpacking unpacking) {
        try (InputStream in =
                unpacking.of(new ByteArrayInputStream(request.content().array()))) {
            byte[] plain = in.readNBytes(maxRequestBytes + 1);
            if (plain.length > maxRequestBytes) {
                throw RefusedException.tooLarge(maxRequestBytes);
            }
            return plain;
        } catch (IOException e) {
            throw new RefusedException(Refusal.MALFORMED, "the body is not " + encoding + ": " + e.getMessage(), e);
        }
    }

    /** @param requestType of the request that is refused */
    static AggregatedHttpResponse refusal(@Nullable MediaType requestType, RefusedException refused) {
        MediaType type = answerType(requestType);
        ResponseHeadersBuilder headers =
                ResponseHeaders.builder(refused.refusal().httpStatus()).contentType(type);
        if (refused.refusal().retryable()) {
            headers.set(HttpHeaderNames.RETRY_AFTER, String.valueOf(RefusedException.RETRY_AFTER_SECONDS));
        }
        // The delay stands in the header; JSON has no way to name the type of a detail without a registry of types.
        Message status = refused.status().toBuilder().clearDetails().build();
        return AggregatedHttpResponse.of(headers.build(), content(type, status));
    }

    private static HttpData content(MediaType type, Message message) {
        return type.is(MediaType.JSON)
                ? HttpData.ofUtf8(OtlpJson.write(message))
                : HttpData.wrap(message.toByteArray());
    }
}
