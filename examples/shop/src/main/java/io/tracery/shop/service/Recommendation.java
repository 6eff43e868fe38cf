package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Peer;
import io.tracery.shop.temper.Temper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** What goes with a product: asks the catalog for three others at once, and dawdles now and then. */
public final class Recommendation implements HttpApplication.Routes {

    /** How many products it recommends, so how many calls it makes. */
    public static final int HOW_MANY = 3;

    private final Peer catalog;
    private final Temper temper;

    public Recommendation(Peer catalog, Temper temper) {
        this.catalog = catalog;
        this.temper = temper;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.GET, "/recommendations/{product}", this::recommend);
    }

    private Answer recommend(Call call) throws InterruptedException {
        List<String> ids = Catalog.productIds();
        int at = Math.max(0, ids.indexOf(call.path("product")));
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 1; i <= HOW_MANY; i++) {
            String id = ids.get((at + i) % ids.size());
            asked.add(catalog.start(HttpMethod.GET, "/products/" + id, call.forwarded(), ""));
        }
        String products = asked.stream().map(Peer::await).map(Answer::body).collect(Collectors.joining(",", "[", "]"));
        Thread.sleep(temper.recommendationDelay(call.requestId()));
        return Answer.json(products);
    }
}
