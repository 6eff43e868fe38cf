package io.tracery.pipeline.ingest;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;

/** Refuses what is larger than a request may be before all of it has come, the way the port's protocol says it, not in HTTP's plain text. */
record TooLarge(int maxRequestBytes, Answer answer) implements ServerErrorHandler {

    /** An answer to what has this Content-Type. */
    interface Answer {
        AggregatedHttpResponse to(@Nullable MediaType type, RefusedException refused);
    }

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        return null;
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        if (!status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
            return null;
        }
        return answer.to(headers == null ? null : headers.contentType(), RefusedException.tooLarge(maxRequestBytes));
    }
}
