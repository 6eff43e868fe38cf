package io.tracery.load.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What makes the open loop worth having: a backend that stands still is charged for all that was due meanwhile. */
@Timeout(60)
class OpenLoopTest {

    private static final int CONCURRENT = 8;
    private static final int RATE = 500;

    private EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @BeforeEach
    void openLoopNeedsEpoll() {
        assumeTrue(Epoll.isAvailable(), "epoll is Linux's");
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void chargesAStallToEveryRequestThatWasDueMeanwhile() throws Exception {
        try (StallingServer server = new StallingServer(/* stallAt= */ 500, /* stallMillis= */ 800)) {
            OpenLoopResult result = OpenLoop.run(
                    group, new OpenLoop.Plan(server.port(), Ask.HTTP1, RATE, /* seconds= */ 3, CONCURRENT, 0));

            assertThat(result.errors()).isZero();
            // In 800 ms 400 requests fall due. A closed loop would have asked 8 times and then waited with the server.
            assertThat(result.atLeast(100)).isGreaterThan(250);
            assertThat(result.percentile(100)).isGreaterThan(700);
            assertThat(result.percentile(90)).isGreaterThan(100);
        }
    }

    @Test
    void countsWhatIsNeverAnsweredAsFailed() throws Exception {
        try (StallingServer server = new StallingServer(/* stallAt= */ 100, /* stallMillis= */ 20_000)) {
            OpenLoopResult result = OpenLoop.run(
                    group, new OpenLoop.Plan(server.port(), Ask.HTTP1, RATE, /* seconds= */ 1, CONCURRENT, 0));

            assertThat(result.errors()).isGreaterThan(300);
            assertThat(result.json()).contains("\"answered\":");
        }
    }
}
