package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.temper.Temper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reserves stock. Some reservations fail once, a few always; see {@link Temper}. Reserving twice is reserving once. */
public final class Inventory implements HttpApplication.Routes {

    private static final int MOST_REMEMBERED = 10_000;

    private final Temper temper;

    /** Requests that were refused once already; guarded by itself, the oldest are forgotten. */
    private final Map<String, Boolean> refused = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    public Inventory(Temper temper) {
        this.temper = temper;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.PUT, "/reservations/{order}", this::reserve);
    }

    private Answer reserve(Call call) {
        boolean refuse = switch (temper.inventoryRefusal(call.requestId())) {
            case NEVER -> false;
            case ALWAYS -> true;
            case ONCE -> firstTime(call.requestId());
        };
        return refuse ? Answer.text(503, "the warehouse does not answer") : Answer.json("{\"reserved\":true}");
    }

    private boolean firstTime(String requestId) {
        synchronized (refused) {
            return refused.put(requestId, true) == null;
        }
    }
}
