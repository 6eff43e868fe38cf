package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges that have started and not ended, with what was already counted of each: a long-lived connection must show
 * while it lives. An open-addressing table by identity; adding and removing allocate nothing once it has its size.
 * Confined to one event loop.
 */
final class InFlight {

    private static final int INITIAL_SIZE = 64;

    private final SeriesTable table;

    // One row per slot. A group stands in it once the exchange was counted as started.
    private @Nullable Exchange[] exchanges = new @Nullable Exchange[INITIAL_SIZE];
    private @Nullable SeriesGroup[] groups = new @Nullable SeriesGroup[INITIAL_SIZE];
    private long[] received = new long[INITIAL_SIZE];
    private long[] sent = new long[INITIAL_SIZE];
    private int size;

    InFlight(SeriesTable table) {
        this.table = table;
    }

    int size() {
        return size;
    }

    void add(Exchange exchange) {
        if (size * 2 >= exchanges.length) {
            grow();
        }
        exchanges[freeSlot(exchange)] = exchange;
        size++;
    }

    /**
     * Forgets an exchange that ended, having counted what was not counted of it yet.
     *
     * @return the group in which it was counted as started, where its end must be counted too
     */
    SeriesGroup end(Exchange exchange) {
        int slot = find(exchange);
        if (slot < 0) {
            SeriesGroup group = table.resolve(exchange);
            group.started();
            group.transferred(exchange.bytesReceived(), exchange.bytesSent());
            return group;
        }
        SeriesGroup group = groups[slot];
        if (group == null) {
            group = table.resolve(exchange);
            group.started();
        } else {
            table.learn(exchange);
        }
        countBytes(slot, exchange, group);
        remove(slot);
        return group;
    }

    /** What is in flight, in no order, no more than so many. */
    List<RequestView> views(int most, long nowNanos) {
        List<RequestView> views = new ArrayList<>();
        for (Exchange exchange : exchanges) {
            if (exchange != null && views.size() < most) {
                views.add(RequestView.of(exchange, nowNanos));
            }
        }
        return views;
    }

    /** Counts what is new of those exchanges whose labels cannot change any more. */
    void countProgress() {
        for (int slot = 0; slot < exchanges.length; slot++) {
            Exchange exchange = exchanges[slot];
            if (exchange == null) {
                continue;
            }
            SeriesGroup group = groups[slot];
            if (group == null && labelsAreFinal(exchange)) {
                group = table.resolve(exchange);
                group.started();
                groups[slot] = group;
            }
            if (group != null) {
                countBytes(slot, exchange, group);
            }
        }
    }

    /** The caller is known from the start; an endpoint only once no other attempt can follow. */
    private static boolean labelsAreFinal(Exchange exchange) {
        if (exchange.direction() == Direction.INBOUND) {
            return true;
        }
        if (exchange.protocol() != Protocol.TCP) {
            return exchange.status() != 0;
        }
        Attempt decisive = exchange.decisive();
        return decisive != null && decisive.connectNanos() != 0;
    }

    private void countBytes(int slot, Exchange exchange, SeriesGroup group) {
        long newlyReceived = exchange.bytesReceived() - received[slot];
        long newlySent = exchange.bytesSent() - sent[slot];
        if ((newlyReceived | newlySent) != 0) {
            group.transferred(newlyReceived, newlySent);
            received[slot] += newlyReceived;
            sent[slot] += newlySent;
        }
    }

    private int find(Exchange exchange) {
        int slot = home(exchange);
        while (exchanges[slot] != exchange) {
            if (exchanges[slot] == null) {
                return -1;
            }
            slot = next(slot);
        }
        return slot;
    }

    private int freeSlot(Exchange exchange) {
        int slot = home(exchange);
        while (exchanges[slot] != null) {
            slot = next(slot);
        }
        return slot;
    }

    /** Empties a slot and moves later rows of its run up, so that no search ends before its row. */
    private void remove(int slot) {
        size--;
        int hole = slot;
        int candidate = next(slot);
        Exchange moving = exchanges[candidate];
        while (moving != null) {
            int distanceToHome = (candidate - home(moving)) & (exchanges.length - 1);
            int distanceToHole = (candidate - hole) & (exchanges.length - 1);
            if (distanceToHome >= distanceToHole) {
                copyRow(candidate, hole);
                hole = candidate;
            }
            candidate = next(candidate);
            moving = exchanges[candidate];
        }
        exchanges[hole] = null;
        groups[hole] = null;
        received[hole] = 0;
        sent[hole] = 0;
    }

    private void copyRow(int from, int to) {
        exchanges[to] = exchanges[from];
        groups[to] = groups[from];
        received[to] = received[from];
        sent[to] = sent[from];
    }

    private void grow() {
        @Nullable Exchange[] oldExchanges = exchanges;
        @Nullable SeriesGroup[] oldGroups = groups;
        long[] oldReceived = received;
        long[] oldSent = sent;
        int length = oldExchanges.length * 2;
        exchanges = new @Nullable Exchange[length];
        groups = new @Nullable SeriesGroup[length];
        received = new long[length];
        sent = new long[length];
        for (int old = 0; old < oldExchanges.length; old++) {
            Exchange exchange = oldExchanges[old];
            if (exchange != null) {
                int slot = freeSlot(exchange);
                exchanges[slot] = exchange;
                groups[slot] = oldGroups[old];
                received[slot] = oldReceived[old];
                sent[slot] = oldSent[old];
            }
        }
    }

    private int home(Exchange exchange) {
        return (int) ((exchange.startNanos() * 0x9E3779B97F4A7C15L) >>> 32) & (exchanges.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (exchanges.length - 1);
    }
}
