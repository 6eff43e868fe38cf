package io.tracery.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.HeaderEdits;
import io.tracery.proxy.route.PathRewrite;
import io.tracery.proxy.route.Redirect;
import java.util.List;

/** Does to a message what its route says: headers, host, path; or answers with a redirect. */
final class RouteFilters {

    private RouteFilters() {}

    static void request(Filters filters, HttpHeaders headers) {
        edit(filters.request(), headers);
        if (!filters.host().isEmpty()) {
            headers.set(HttpHeaderNames.HOST, filters.host());
        }
    }

    static void edit(HeaderEdits edits, HttpHeaders headers) {
        if (edits.none()) {
            return;
        }
        List<String> remove = edits.remove();
        for (int i = 0; i < remove.size(); i++) {
            headers.remove(remove.get(i));
        }
        List<HeaderEdits.Entry> set = edits.set();
        for (int i = 0; i < set.size(); i++) {
            headers.set(set.get(i).name(), set.get(i).value());
        }
        List<HeaderEdits.Entry> add = edits.add();
        for (int i = 0; i < add.size(); i++) {
            headers.add(add.get(i).name(), add.get(i).value());
        }
    }

    /**
     * Where the request goes, the query as it was.
     *
     * @param path of the target, without its query
     */
    static String target(Filters filters, String path, String target) {
        PathRewrite rewrite = filters.path();
        return rewrite == null ? target : rewrite.apply(path) + target.substring(path.length());
    }

    static FullHttpResponse answer(Redirect redirect, Exchange exchange, String target) {
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(redirect.status()), Unpooled.EMPTY_BUFFER);
        answer.headers()
                .set(
                        HttpHeaderNames.LOCATION,
                        redirect.location(exchange.scheme(), exchange.authority(), exchange.path(), target))
                .set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        return answer;
    }
}
