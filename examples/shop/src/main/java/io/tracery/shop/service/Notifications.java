package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the customer a receipt. Nobody taught it to hand on trace headers, so its own calls begin new traces. */
public final class Notifications implements HttpApplication.Routes {

    private static final Logger log = LoggerFactory.getLogger(Notifications.class);

    private final Peer catalog;

    public Notifications(Peer catalog) {
        this.catalog = catalog;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.POST, "/receipts/{order}", this::receipt);
    }

    private Answer receipt(Call call) {
        Answer products =
                catalog.call(HttpMethod.GET, "/products", call.forwarded().withoutTrace());
        log.debug(
                "receipt for {} with {} characters of catalog",
                call.path("order"),
                products.body().length());
        return Answer.json("{\"sent\":true}");
    }
}
