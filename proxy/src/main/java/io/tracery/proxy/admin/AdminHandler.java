package io.tracery.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tracery.proxy.admin.AdminPage.Answer;
import io.tracery.proxy.admin.AdminPage.Audience;
import io.tracery.proxy.admin.AdminPage.Body;
import io.tracery.proxy.admin.AdminPage.Query;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One admin connection: a request in, a page out, one after the other; each page is made on a thread of its own. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

    private final Map<String, AdminPage> pages;

    /** The page being made; the next one follows it. */
    private Thread last = Thread.ofVirtual().unstarted(() -> {});

    AdminHandler(Map<String, AdminPage> pages) {
        this.pages = pages;
        last.start();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        boolean wellFormed = request.decoderResult().isSuccess();
        HttpMethod method = request.method();
        String uri = request.uri();
        String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
        Thread before = last;
        // No more than one page ahead is read, so that nobody can pile up work here.
        ctx.channel().config().setAutoRead(false);
        last = Thread.ofVirtual().name("admin").start(() -> {
            Answer answer = wellFormed
                    ? answer(method, uri, accept, ctx.channel())
                    : Answer.text(HttpResponseStatus.BAD_REQUEST, "this is not HTTP as the admin port reads it\n");
            awaitEnd(before);
            ctx.executor().execute(() -> send(ctx, answer, head));
        });
    }

    private static void send(ChannelHandlerContext ctx, Answer answer, boolean head) {
        try {
            write(ctx, answer, head);
            ctx.channel().config().setAutoRead(true);
        } catch (IOException e) {
            log.error("a page could not be sent", e);
            ctx.close();
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(HttpMethod method, String uri, String accept, Channel channel) {
        QueryStringDecoder query = new QueryStringDecoder(uri);
        AdminPage page = pages.get(query.rawPath());
        if (page == null) {
            return Answer.text(HttpResponseStatus.NOT_FOUND, "there are " + String.join(", ", pages.keySet()) + "\n");
        }
        boolean changes = method.equals(HttpMethod.POST);
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD) && !(changes && page.writes())) {
            return Answer.text(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    query.rawPath() + " answers " + (page.writes() ? "GET, HEAD and POST" : "GET and HEAD") + "\n");
        }
        if (page.audience() == Audience.LOOPBACK && !fromHere(channel)) {
            return Answer.text(
                    HttpResponseStatus.FORBIDDEN, query.rawPath() + " is shown on the same machine or pod only\n");
        }
        try {
            Map<String, String> parameters = new HashMap<>();
            query.parameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
            return page.content().to(new Query(changes, accept, parameters));
        } catch (IllegalArgumentException e) {
            return Answer.text(HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n");
        } catch (Exception e) {
            log.error("{} could not be shown", uri, e);
            return Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the page failed; the proxy's log says why\n");
        }
    }

    private static boolean fromHere(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress().isLoopbackAddress();
    }

    private static void write(ChannelHandlerContext ctx, Answer answer, boolean head) throws IOException {
        switch (answer.body()) {
            case Body.Text text -> {
                ByteBuf bytes = ByteBufUtil.writeUtf8(ctx.alloc(), text.text());
                ctx.write(head(answer, bytes.readableBytes()));
                ctx.writeAndFlush(new DefaultLastHttpContent(head ? bytes.clear() : bytes));
            }
            case Body.OpenFile open -> {
                long size = open.file().size();
                FileRegion region = new DefaultFileRegion(open.file(), 0, size);
                ctx.write(head(answer, size));
                if (head) {
                    region.release();
                } else {
                    ctx.write(region);
                }
                ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
    }

    private static HttpResponse head(Answer answer, long length) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status());
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        HttpUtil.setContentLength(head, length);
        return head;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
