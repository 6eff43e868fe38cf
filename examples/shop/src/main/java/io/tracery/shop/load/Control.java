package io.tracery.shop.load;

import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Json;

/**
 * The load generator's own port: {@code GET /counts}, {@code GET /ends?from=N}, {@code POST /pause} (answers with the counts
 * once nothing is under way) and {@code POST /resume}.
 */
final class Control implements HttpApplication.Routes {

    private final LoadOptions options;
    private final OpenLoop loop;
    private final Ledger ledger;

    Control(LoadOptions options, OpenLoop loop, Ledger ledger) {
        this.options = options;
        this.loop = loop;
        this.ledger = ledger;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.GET, "/counts", call -> counts());
        application.on(HttpMethod.GET, "/ends", this::ends);
        application.on(
                HttpMethod.POST,
                "/pause",
                call -> loop.pause()
                        ? counts()
                        : Answer.text(504, "paused, but " + ledger.underWay() + " requests are still under way"));
        application.on(HttpMethod.POST, "/resume", call -> {
            loop.resume();
            return counts();
        });
    }

    private Answer counts() {
        return Answer.json(Json.write(ledger.counts(options, loop.paused())));
    }

    private Answer ends(Call call) {
        String from = call.parameter("from", "0");
        try {
            return Answer.json(Json.write(ledger.ends(Long.parseLong(from))));
        } catch (NumberFormatException e) {
            return Answer.text(400, "from must be the number of an end, not " + from);
        }
    }
}
