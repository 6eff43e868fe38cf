package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.Forwarded;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Peer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the money. The one service that is instrumented: its spans go out over OTLP and stand between those of the
 * sidecars on both its sides, because each continues what the other handed it.
 */
public final class Payment implements HttpApplication.Routes {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private final Peer notifications;
    private final Tracer tracer;

    public Payment(Peer notifications, Tracer tracer) {
        this.notifications = notifications;
        this.tracer = tracer;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.POST, "/payments/{order}", this::pay);
    }

    private Answer pay(Call call) {
        Span charge = tracer.spanBuilder("charge")
                .setSpanKind(SpanKind.SERVER)
                .setParent(W3C.extract(Context.root(), call, CallHeaders.INSTANCE))
                .setAttribute("shop.order", call.path("order"))
                .startSpan();
        Context inCharge = Context.root().with(charge);
        try {
            Span authorize =
                    tracer.spanBuilder("authorize card").setParent(inCharge).startSpan();
            authorize.end();
            notifyCustomer(call, inCharge);
            return Answer.json("{\"paid\":true}");
        } catch (RuntimeException e) {
            charge.recordException(e);
            charge.setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            charge.end();
        }
    }

    private void notifyCustomer(Call call, Context parent) {
        Span send = tracer.spanBuilder("send receipt")
                .setSpanKind(SpanKind.CLIENT)
                .setParent(parent)
                .startSpan();
        try {
            Map<String, String> carrier = new HashMap<>();
            W3C.inject(parent.with(send), carrier, (headers, name, value) -> {
                if (headers != null) {
                    headers.put(name, value);
                }
            });
            String traceparent = carrier.get(Forwarded.TRACEPARENT);
            Forwarded onward =
                    traceparent == null ? call.forwarded() : call.forwarded().within(traceparent);
            notifications.call(HttpMethod.POST, "/receipts/" + call.path("order"), onward);
        } finally {
            send.end();
        }
    }

    private enum CallHeaders implements TextMapGetter<Call> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable Call call, String name) {
            return call == null ? null : call.header(name);
        }
    }
}
