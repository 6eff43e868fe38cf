package io.tracery.shop.net;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Another service, called over HTTP/1.1 at the one address that the settings name. */
public final class Peer {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final String name;
    private final WebClient client;

    /** @param address host and port, for example {@code 127.0.0.1:20001} */
    public Peer(String name, String address, ClientFactory connections) {
        this.name = name;
        this.client = WebClient.builder("h1c://" + address)
                .factory(connections)
                .responseTimeout(DEADLINE)
                .build();
    }

    /**
     * Calls and waits.
     *
     * @throws PeerFailedException when nothing was answered, or something between answered in the peer's place
     */
    public Answer call(HttpMethod method, String path, Forwarded forwarded) {
        return call(method, path, forwarded, "");
    }

    /** As {@link #call(HttpMethod, String, Forwarded)}, with a body. */
    public Answer call(HttpMethod method, String path, Forwarded forwarded, String body) {
        return await(start(method, path, forwarded, body));
    }

    /** Calls without waiting; {@link #await} takes the answer. */
    public CompletableFuture<Answer> start(HttpMethod method, String path, Forwarded forwarded, String body) {
        RequestHeaders headers =
                RequestHeaders.builder(method, path).add(forwarded.headers()).build();
        return client.execute(headers, HttpData.ofUtf8(body)).aggregate().handle((response, failure) -> {
            if (failure != null) {
                throw new PeerFailedException(name, "did not answer: " + failure);
            }
            return own(response);
        });
    }

    public static Answer await(CompletableFuture<Answer> started) {
        try {
            return started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PeerFailedException failed ? failed : e;
        }
    }

    private Answer own(AggregatedHttpResponse response) {
        if (!response.headers().contains(HttpApplication.SERVED_BY)) {
            throw new PeerFailedException(name, "was answered for by something between: " + response.status());
        }
        return new Answer(
                response.status().code(),
                response.contentType() == null ? Answer.text(0, "").type() : response.contentType(),
                response.contentUtf8());
    }
}
