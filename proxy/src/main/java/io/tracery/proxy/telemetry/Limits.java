package io.tracery.proxy.telemetry;

/**
 * The bounds of what telemetry holds in memory.
 *
 * @param waitingExchanges ended exchanges of one event loop that wait for the exporter; rounded up to a power of two
 * @param groups label groups of one event loop; what comes later is counted in one group called overflow
 * @param outcomes series with a status of one event loop; what comes later is counted by fate alone
 * @param batchBytes a batch of spans or metric points is closed when it is this large
 * @param pendingBatches batches of one topic that are kept while Kafka cannot take them; then the oldest is dropped
 * @param producerBytes what the Kafka client may buffer
 * @param rememberedBytes of spans of exchanges that ended lately
 * @param rememberedExchanges of which there are so many at most
 */
record Limits(
        int waitingExchanges,
        int groups,
        int outcomes,
        int batchBytes,
        int pendingBatches,
        int producerBytes,
        int rememberedBytes,
        int rememberedExchanges) {

    static final Limits DEFAULT = new Limits(4096, 400, 2000, 96 * 1024, 4, 3 * 1024 * 1024, 512 * 1024, 2048);
}
