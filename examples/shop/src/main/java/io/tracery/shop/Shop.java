package io.tracery.shop;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.tracery.shop.kv.KvServer;
import io.tracery.shop.net.Application;
import io.tracery.shop.net.GrpcApplication;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Peer;
import io.tracery.shop.service.Cart;
import io.tracery.shop.service.Catalog;
import io.tracery.shop.service.Checkout;
import io.tracery.shop.service.Front;
import io.tracery.shop.service.Inventory;
import io.tracery.shop.service.Notifications;
import io.tracery.shop.service.Payment;
import io.tracery.shop.service.PaymentTelemetry;
import io.tracery.shop.service.Recommendation;
import io.tracery.shop.service.Shipping;
import io.tracery.shop.shipping.ShippingGrpc.ShippingBlockingStub;
import io.tracery.shop.temper.Temper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Instances of the shop's services in one JVM, each with its own server. They share nothing but threads. */
public final class Shop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Shop.class);

    /** Below what proxies and servers between usually allow, so that a call seldom meets a connection just closed. */
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(5);

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(3);

    private final Settings settings;
    private final Temper temper;
    private final ClientFactory connections = ClientFactory.builder()
            .idleTimeout(IDLE_CONNECTION)
            .connectTimeout(CONNECT_DEADLINE)
            .build();
    private final Map<String, Application> applications = new LinkedHashMap<>();
    private final List<PaymentTelemetry> telemetry = new ArrayList<>();

    /** @throws IOException when a server socket cannot be made */
    public Shop(List<Instance> instances, Settings settings) throws IOException {
        this.settings = settings;
        this.temper = new Temper(settings.seed());
        for (Instance instance : instances) {
            applications.put(instance.name(), application(instance));
        }
    }

    /** Starts every instance, or closes those that did and throws. */
    public void start() throws Exception {
        for (Map.Entry<String, Application> application : applications.entrySet()) {
            try {
                application.getValue().start();
            } catch (Exception e) {
                close();
                throw new IOException(application.getKey() + " could not start: " + e.getMessage(), e);
            }
            log.info(
                    "{} on port {}",
                    application.getKey(),
                    application.getValue().port());
        }
    }

    /** The port that an instance serves on, once started. */
    public int port(String instance) {
        Application application = applications.get(instance);
        if (application == null) {
            throw new IllegalArgumentException(instance + " does not run here");
        }
        return application.port();
    }

    /** Closes every instance at the same time, since each server takes its two seconds to come to rest. */
    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            applications.values().forEach(application -> threads.execute(application::close));
        }
        telemetry.forEach(PaymentTelemetry::close);
        connections.close();
    }

    private Application application(Instance instance) throws IOException {
        InetSocketAddress listen = settings.listen(instance);
        return switch (instance.service()) {
            case "kv" -> new KvServer(listen);
            case "shipping" -> new GrpcApplication(listen, new Shipping(peer(instance, "catalog")));
            default -> new HttpApplication(instance.name(), listen, routes(instance));
        };
    }

    private HttpApplication.Routes routes(Instance instance) {
        return switch (instance.service()) {
            case "front" ->
                new Front(
                        peer(instance, "catalog"),
                        peer(instance, "recommendation"),
                        peer(instance, "cart"),
                        peer(instance, "checkout"));
            case "catalog" -> new Catalog();
            case "cart" -> new Cart(settings.socket(instance, "kv"));
            case "checkout" ->
                new Checkout(
                        peer(instance, "cart"),
                        peer(instance, "inventory"),
                        peer(instance, "payment"),
                        shippingStub(instance));
            case "payment" -> new Payment(peer(instance, "notifications"), tracer(instance));
            case "recommendation" -> new Recommendation(peer(instance, "catalog"), temper);
            case "inventory" -> new Inventory(temper);
            case "notifications" -> new Notifications(peer(instance, "catalog"));
            default -> throw new IllegalArgumentException("the shop has no service " + instance.service());
        };
    }

    private Peer peer(Instance instance, String peer) {
        return new Peer(peer, settings.address(instance, peer), connections);
    }

    private ShippingBlockingStub shippingStub(Instance instance) {
        return GrpcClients.builder("gproto+h2c://" + settings.address(instance, "shipping"))
                .factory(connections)
                .build(ShippingBlockingStub.class);
    }

    private Tracer tracer(Instance instance) {
        if (settings.tracingDisabled()) {
            return TracerProvider.noop().get("shop.payment");
        }
        PaymentTelemetry made = new PaymentTelemetry(settings.otlpEndpoint(), instance.name(), instance.version());
        telemetry.add(made);
        return made.tracer();
    }
}
