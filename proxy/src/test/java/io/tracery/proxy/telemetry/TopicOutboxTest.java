package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.telemetry.FakeTransport.Mood;
import io.tracery.tracing.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicOutboxTest {

    private static final byte[] KEY = {'k'};

    private final FakeTransport kafka = new FakeTransport();
    private final Account account = new Account("spans");
    private final List<byte[]> back = new ArrayList<>();
    private final TopicOutbox outbox = new TopicOutbox(Topic.OTLP_METRICS, KEY, kafka, account, 2, back::add);

    @Test
    void aBatchIsGivenBackAsSoonAsItWasTakenAndNotWhileItWaits() {
        byte[] first = batch();
        byte[] second = batch();
        kafka.mood(Mood.NOT_NOW);
        outbox.send(first, 1);
        outbox.send(second, 1);
        assertThat(back).isEmpty();

        kafka.mood(Mood.HOLD);
        assertThat(outbox.flush()).isTrue();
        assertThat(back).containsExactly(first, second);
        assertThat(account.queued()).as("not settled yet").isEqualTo(2);
    }

    @Test
    void aBatchThatIsLostWhileItWaitsIsNotGivenBack() {
        kafka.mood(Mood.NOT_NOW);
        for (int i = 0; i < 3; i++) {
            outbox.send(batch(), 1);
        }
        outbox.dropPending(DropReason.CLOSED);
        assertThat(back).isEmpty();
        assertThat(account.dropped()).isEqualTo(3);
    }

    private byte[] batch() {
        account.accept(1);
        return new byte[1];
    }
}
