package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.Template;
import io.tracery.tracing.otlp.TracesEncoder;
import java.util.List;

/**
 * Why a request went where it went, as events of its span: what the balancer weighed for each attempt, and why there was or
 * was not another.
 */
final class DecisionRecord {

    private static final long MILLISECOND = 1_000_000;

    private final TracesEncoder out;
    private final AddressTexts addresses;
    private final KnownPicks picks = new KnownPicks();

    DecisionRecord(TracesEncoder out, AddressTexts addresses) {
        this.out = out;
        this.addresses = addresses;
    }

    void write(Exchange exchange) {
        detected(exchange);
        limit(exchange);
        shed(exchange);
        fault(exchange);
        List<Attempt> attempts = exchange.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            pick(exchange, attempt);
            hedge(exchange, attempt);
            retry(exchange, attempt);
        }
    }

    private void limit(Exchange exchange) {
        if (!exchange.limited().isEmpty()) {
            out.beginEvent(SpanEncoder.startOf(exchange), Vocabulary.EVENT_RATE_LIMIT);
            out.attribute(SpanKeys.RATE_LIMIT, exchange.limited());
            out.endEvent();
        }
    }

    private void detected(Exchange exchange) {
        if (!exchange.detected().isEmpty()) {
            out.beginEvent(SpanEncoder.startOf(exchange), Vocabulary.EVENT_DETECTED);
            out.attribute(SpanKeys.DETECTED, exchange.detected());
            out.endEvent();
        }
    }

    private void shed(Exchange exchange) {
        if (!exchange.shed().isEmpty()) {
            out.beginEvent(SpanEncoder.startOf(exchange), Vocabulary.EVENT_SHED);
            out.attribute(SpanKeys.SHED, exchange.shed());
            out.endEvent();
        }
    }

    private void fault(Exchange exchange) {
        if (!exchange.injected().isEmpty()) {
            out.beginEvent(SpanEncoder.startOf(exchange), Vocabulary.EVENT_FAULT);
            out.attribute(SpanKeys.FAULT, exchange.injected());
            out.endEvent();
        }
    }

    private void pick(Exchange exchange, Attempt attempt) {
        Endpoint chosen = attempt.endpoint();
        if (chosen == null) {
            return;
        }
        Template template = picks.of(attempt);
        if (template == null) {
            template = pickTemplate(attempt, chosen);
            picks.put(attempt, template);
        }
        int at = out.write(template);
        long waited = attempt.startNanos() - exchange.startNanos();
        // A first pick is nearly always made at once, and how late it was is told as a stage, too.
        long shown = attempt.number() == 1 && waited < MILLISECOND ? 0 : waited;
        out.fillTime(at, template, 0, SpanEncoder.startOf(exchange) + shown);
        int blank = 1;
        if (Double.isFinite(attempt.costMillis())) {
            out.fillReal(at, template, blank++, rounded(attempt.costMillis()));
        }
        if (attempt.otherEndpoint() != null && Double.isFinite(attempt.otherCostMillis())) {
            out.fillReal(at, template, blank, rounded(attempt.otherCostMillis()));
        }
    }

    /** To a ten-thousandth: bits that mean nothing to anybody are those that do not compress. */
    static double rounded(double millis) {
        long bits = Double.doubleToRawLongBits(millis);
        return Double.longBitsToDouble((bits + (1L << 39)) & -(1L << 40));
    }

    private Template pickTemplate(Attempt attempt, Endpoint chosen) {
        int mark = out.mark();
        out.beginBlankEvent(Vocabulary.EVENT_PICK);
        out.attribute(SpanKeys.ATTEMPT, attempt.number());
        candidate(SpanKeys.PICK_ENDPOINT, chosen, SpanKeys.PICK_COST, attempt.costMillis());
        Endpoint other = attempt.otherEndpoint();
        if (other != null) {
            candidate(SpanKeys.PICK_OTHER, other, SpanKeys.PICK_OTHER_COST, attempt.otherCostMillis());
        }
        if (!attempt.pickReason().isEmpty()) {
            out.attribute(SpanKeys.PICK_REASON, attempt.pickReason());
        }
        if (attempt.leftOut() > 0) {
            out.attribute(SpanKeys.PICK_LEFT_OUT, attempt.leftOut());
        }
        out.endEvent();
        return out.takeTemplate(mark);
    }

    private void candidate(Key endpointKey, Endpoint endpoint, Key costKey, double costMillis) {
        out.attribute(endpointKey, addresses.of(endpoint).whole());
        // An endpoint that was never measured has no cost that a reader could compare.
        if (Double.isFinite(costMillis)) {
            out.realBlank(costKey);
        }
    }

    private void hedge(Exchange exchange, Attempt attempt) {
        if (!attempt.hedgeReason().isEmpty()) {
            out.beginEvent(SpanEncoder.epochNanos(exchange, attempt.hedgeNanos()), Vocabulary.EVENT_HEDGE);
            out.attribute(SpanKeys.ATTEMPT, attempt.number());
            out.attribute(SpanKeys.HEDGE_DECISION, attempt.hedged() ? "hedged" : "not_hedged");
            out.attribute(SpanKeys.HEDGE_REASON, attempt.hedgeReason());
            out.endEvent();
        }
    }

    private void retry(Exchange exchange, Attempt attempt) {
        if (attempt.retryReason().isEmpty()) {
            return;
        }
        long at = attempt.endNanos() == 0 ? attempt.startNanos() : attempt.endNanos();
        out.beginEvent(SpanEncoder.epochNanos(exchange, at), Vocabulary.EVENT_RETRY);
        out.attribute(SpanKeys.ATTEMPT, attempt.number());
        out.attribute(SpanKeys.RETRY_DECISION, attempt.retried() ? "retried" : "not_retried");
        out.attribute(SpanKeys.RETRY_REASON, attempt.retryReason());
        out.endEvent();
    }
}
