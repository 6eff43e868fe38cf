package io.tracery.proxy.telemetry;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps Kafka's client from writing a line for each failed connection: an absent Kafka is a normal state of affairs for a
 * sidecar, and what it costs is counted and reported once.
 */
final class KafkaLogging {

    /** Held, because the JDK forgets the level of a logger that no one holds. */
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    private KafkaLogging() {}

    /** Limits Kafka's client to errors, unless somebody chose a level for it. */
    static void limit() {
        if (KAFKA.getLevel() == null) {
            KAFKA.setLevel(Level.SEVERE);
        }
    }
}
