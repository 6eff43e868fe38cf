package io.tracery.topology.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.tracery.topology.json.GraphJson;

/** The shape of every answer of the API, of errors too. */
final class Answers {

    private record ErrorBody(Detail error) {
        private record Detail(int status, String message) {}
    }

    private Answers() {}

    static HttpResponse json(Record body) {
        return json(HttpData.wrap(GraphJson.write(body)));
    }

    static HttpResponse json(HttpData body) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .set("cache-control", "no-store")
                        .build(),
                body);
    }

    /** @param message what, where, what to do */
    static HttpResponse error(HttpStatus status, String message) {
        return errorNow(status, message).toHttpResponse();
    }

    /** @param message what, where, what to do */
    static AggregatedHttpResponse errorNow(HttpStatus status, String message) {
        byte[] body = GraphJson.write(new ErrorBody(new ErrorBody.Detail(status.code(), message)));
        return AggregatedHttpResponse.of(
                ResponseHeaders.builder(status)
                        .contentType(MediaType.JSON_UTF_8)
                        .set("cache-control", "no-store")
                        .build(),
                HttpData.wrap(body));
    }
}
