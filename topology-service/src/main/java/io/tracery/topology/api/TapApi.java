package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/tap}: single exchanges as server-sent events, from the control plane, which is shown the asker's own token and
 * decides. This process has none.
 */
public final class TapApi implements HttpService, AutoCloseable {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "bearer ";
    private static final int MOST_EVENT_BYTES = 2 * 1024 * 1024;

    private final String controlPlane;
    private final Dial dial;

    /** Made for the first who asks: the control plane may start later, and write its root then. Guarded by this. */
    private @Nullable ManagedChannel channel;

    /** Makes the connection to the control plane. */
    interface Dial {
        /** @throws IOException saying why it cannot be made now */
        ManagedChannel channel() throws IOException;
    }

    /**
     * @param controlPlane {@code host:port}
     * @param trustAnchorFile PEM of who has signed its certificate
     */
    public TapApi(String controlPlane, Path trustAnchorFile) {
        this(controlPlane, () -> overTls(controlPlane, trustAnchorFile));
    }

    TapApi(String controlPlane, Dial dial) {
        this.controlPlane = controlPlane;
        this.dial = dial;
    }

    private static ManagedChannel overTls(String controlPlane, Path trustAnchorFile) throws IOException {
        return Grpc.newChannelBuilder(
                        controlPlane,
                        TlsChannelCredentials.newBuilder()
                                .trustManager(trustAnchorFile.toFile())
                                .build())
                .maxInboundMessageSize(MOST_EVENT_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .build();
    }

    static HttpResponse off() {
        return Answers.error(
                HttpStatus.SERVICE_UNAVAILABLE,
                "tap is off: topology-service has no controlPlane in its configuration");
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        String credentials = request.headers().get("authorization");
        if (credentials == null || !credentials.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return Answers.error(
                    HttpStatus.UNAUTHORIZED,
                    "who taps shows a token: send the header Authorization: Bearer <tap token>");
        }
        WatchRequest asked;
        try {
            asked = TapQuery.read(context.query());
        } catch (Parameters.Refused e) {
            return Answers.error(HttpStatus.BAD_REQUEST, e.text());
        }
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, credentials);
        TapRelay relay = new TapRelay(controlPlane);
        try {
            TapGrpc.newStub(channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .watch(asked, relay);
        } catch (IOException e) {
            return Answers.error(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "the control plane's trust anchor cannot be used (" + e.getMessage()
                            + "): has the control plane started, and is trustAnchorFile right?");
        }
        context.clearRequestTimeout();
        return HttpResponse.of(relay.answer());
    }

    private synchronized ManagedChannel channel() throws IOException {
        ManagedChannel open = channel;
        if (open == null) {
            open = dial.channel();
            channel = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (channel != null) {
            channel.shutdownNow();
        }
    }
}
