package io.tracery.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.admin.AdminPage.Answer;
import io.tracery.proxy.admin.AdminPage.Audience;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdminHandlerTest {

    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, AdminPage> pages = Map.of(
            "/ready",
            page(Audience.ANYONE, /* writes= */ false),
            "/logging",
            page(Audience.LOOPBACK, /* writes= */ true));

    @Test
    void whatTellsOfTrafficOrChangesSomethingIsForThisMachineAlone() {
        for (String elsewhere : new String[] {"10.1.2.3", "192.0.2.7", "2001:db8::1", "169.254.1.1"}) {
            assertThat(status(elsewhere, HttpMethod.GET, "/logging")).isEqualTo(403);
            assertThat(status(elsewhere, HttpMethod.POST, "/logging?level=debug"))
                    .isEqualTo(403);
        }
        assertThat(made).as("pages that were made for nobody").hasValue(0);

        for (String here : new String[] {"127.0.0.1", "127.9.9.9", "::1"}) {
            assertThat(status(here, HttpMethod.GET, "/logging")).isEqualTo(200);
            assertThat(status(here, HttpMethod.POST, "/logging?level=debug")).isEqualTo(200);
        }
    }

    @Test
    void probesAreForEverybody() {
        assertThat(status("10.1.2.3", HttpMethod.GET, "/ready")).isEqualTo(200);
    }

    @Test
    void onlyWhatWritesMayBePosted() {
        assertThat(status("127.0.0.1", HttpMethod.POST, "/ready")).isEqualTo(405);
        assertThat(status("127.0.0.1", HttpMethod.DELETE, "/logging")).isEqualTo(405);
        assertThat(status("127.0.0.1", HttpMethod.GET, "/nothing")).isEqualTo(404);
        assertThat(made).hasValue(0);
    }

    private AdminPage page(Audience audience, boolean writes) {
        return new AdminPage(audience, writes, query -> {
            made.incrementAndGet();
            return Answer.text("here it is\n");
        });
    }

    private int status(String client, HttpMethod method, String uri) {
        EmbeddedChannel channel = new EmbeddedChannel(new AdminHandler(pages)) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(client, 40_000);
            }
        };
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, uri));
        HttpResponse head = await().until(
                        () -> {
                            channel.runPendingTasks();
                            return channel.readOutbound();
                        },
                        answer -> answer != null);
        channel.finishAndReleaseAll();
        return head.status().code();
    }
}
