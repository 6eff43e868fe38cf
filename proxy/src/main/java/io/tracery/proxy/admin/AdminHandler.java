package io.tracery.proxy.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.admin.AdminViews.Format;
import io.tracery.proxy.admin.AdminViews.Layout;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One admin connection: a GET or HEAD in, a page out. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String PATHS =
            "there are /live, /ready, /metrics, /config_dump, /clusters and /clusters?format=text\n";

    private final AdminViews views;

    AdminHandler(AdminViews views) {
        this.views = views;
    }

    private record Page(HttpResponseStatus status, String contentType, String body) {}

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        Page page;
        try {
            page = page(request);
        } catch (RuntimeException e) {
            log.error("{} could not be shown", request.uri(), e);
            page = new Page(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR, TEXT, "the page failed; the proxy's log says why\n");
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, page.status(), ByteBufUtil.writeUtf8(ctx.alloc(), page.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, page.contentType());
        HttpUtil.setContentLength(response, response.content().readableBytes());
        if (request.method().equals(HttpMethod.HEAD)) {
            response.content().clear();
        }
        ctx.writeAndFlush(response);
    }

    private Page page(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return new Page(HttpResponseStatus.BAD_REQUEST, TEXT, "this is not HTTP as the admin port reads it\n");
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return new Page(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "the admin port only answers GET and HEAD\n");
        }
        String uri = request.uri();
        int query = uri.indexOf('?');
        return switch (query < 0 ? uri : uri.substring(0, query)) {
            case "/live" -> new Page(HttpResponseStatus.OK, TEXT, "live\n");
            case "/ready" -> readiness();
            case "/metrics" -> metrics(request.headers().get(HttpHeaderNames.ACCEPT, ""));
            case "/config_dump" ->
                new Page(HttpResponseStatus.OK, JSON, views.configDump().get());
            case "/clusters" ->
                uri.endsWith("?format=text")
                        ? new Page(HttpResponseStatus.OK, TEXT, views.clusters().show(Layout.TEXT))
                        : new Page(HttpResponseStatus.OK, JSON, views.clusters().show(Layout.JSON));
            default -> new Page(HttpResponseStatus.NOT_FOUND, TEXT, PATHS);
        };
    }

    private Page readiness() {
        List<String> missing = views.missing().get();
        return missing.isEmpty()
                ? new Page(HttpResponseStatus.OK, TEXT, "ready\n")
                : new Page(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        TEXT,
                        "not ready:\n" + String.join("\n", missing) + "\n");
    }

    private Page metrics(String accept) {
        Format format = accept.contains("application/openmetrics-text") ? Format.OPEN_METRICS : Format.PROMETHEUS;
        return new Page(
                HttpResponseStatus.OK, format.contentType(), views.metrics().scrape(format));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
