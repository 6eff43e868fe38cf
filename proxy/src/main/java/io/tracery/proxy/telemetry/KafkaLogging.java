package io.tracery.proxy.telemetry;

import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps Kafka's client from writing a line for each failed connection: an absent Kafka is a normal state of affairs for a
 * sidecar, and what it costs is counted and reported once. The sidecar's log goes through SLF4J to the JDK's, which is
 * the only place where a level can be set.
 */
final class KafkaLogging {

    /** Held, because the JDK forgets the level of a logger that no one holds; nothing is logged through it. */
    private static final AtomicReference<Object> HELD = new AtomicReference<>();

    private KafkaLogging() {}

    /** Limits Kafka's client to errors, unless somebody chose a level for it. */
    static void limit() {
        Logger kafka = Logger.getLogger("org.apache.kafka");
        if (kafka.getLevel() == null) {
            kafka.setLevel(Level.SEVERE);
        }
        HELD.set(kafka);
    }
}
