package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.Key;

/** The vocabulary's attribute names, encoded once for the proxy's spans. */
final class SpanKeys {

    private SpanKeys() {}

    static final Key HTTP_METHOD = Key.of(Vocabulary.HTTP_METHOD);
    static final Key FAULT = Key.of(Vocabulary.EVENT_FAULT);
    static final Key RATE_LIMIT = Key.of(Vocabulary.EVENT_RATE_LIMIT);
    static final Key SHED = Key.of(Vocabulary.EVENT_SHED);
    static final Key DETECTED = Key.of(Vocabulary.EVENT_DETECTED);
    static final Key INTERVENTION = Key.of(Vocabulary.INTERVENTION);
    static final Key HTTP_ROUTE = Key.of(Vocabulary.HTTP_ROUTE);
    static final Key HTTP_STATUS = Key.of(Vocabulary.HTTP_STATUS);
    static final Key HTTP_RESEND_COUNT = Key.of(Vocabulary.HTTP_RESEND_COUNT);
    static final Key URL_PATH = Key.of(Vocabulary.URL_PATH);
    static final Key URL_SCHEME = Key.of(Vocabulary.URL_SCHEME);
    static final Key SERVER_ADDRESS = Key.of(Vocabulary.SERVER_ADDRESS);
    static final Key SERVER_PORT = Key.of(Vocabulary.SERVER_PORT);
    static final Key NETWORK_PROTOCOL_VERSION = Key.of(Vocabulary.NETWORK_PROTOCOL_VERSION);
    static final Key NETWORK_PEER_ADDRESS = Key.of(Vocabulary.NETWORK_PEER_ADDRESS);
    static final Key NETWORK_PEER_PORT = Key.of(Vocabulary.NETWORK_PEER_PORT);
    static final Key RPC_SYSTEM = Key.of(Vocabulary.RPC_SYSTEM);
    static final Key RPC_METHOD = Key.of(Vocabulary.RPC_METHOD);
    static final Key RPC_STATUS = Key.of(Vocabulary.RPC_STATUS);
    static final Key ERROR_TYPE = Key.of(Vocabulary.ERROR_TYPE);
    static final Key PEER_NAME = Key.of(Vocabulary.PEER_NAME);
    static final Key PEER_NAMESPACE = Key.of(Vocabulary.PEER_NAMESPACE);
    static final Key PEER_VERSION = Key.of(Vocabulary.PEER_VERSION);
    static final Key PEER_IDENTITY = Key.of(Vocabulary.PEER_IDENTITY);
    static final Key FATE = Key.of(Vocabulary.FATE);
    static final Key TLS_SERVER_NAME = Key.of(Vocabulary.TLS_SERVER_NAME);
    static final Key TLS = Key.of(Vocabulary.TLS);
    static final Key ATTEMPTS = Key.of(Vocabulary.ATTEMPTS);
    static final Key STAGE_QUEUE = Key.of(Vocabulary.STAGE_QUEUE_MICROS);
    static final Key STAGE_CONNECT = Key.of(Vocabulary.STAGE_CONNECT_MICROS);
    static final Key STAGE_FIRST_BYTE = Key.of(Vocabulary.STAGE_FIRST_BYTE_MICROS);
    static final Key STAGE_TRANSFER = Key.of(Vocabulary.STAGE_TRANSFER_MICROS);
    static final Key STAGE_TLS = Key.of(Vocabulary.STAGE_TLS_MICROS);
    static final Key MESSAGES_RECEIVED = Key.of(Vocabulary.MESSAGES_RECEIVED);
    static final Key MESSAGES_SENT = Key.of(Vocabulary.MESSAGES_SENT);
    static final Key BYTES_RECEIVED = Key.of(Vocabulary.BYTES_RECEIVED);
    static final Key BYTES_SENT = Key.of(Vocabulary.BYTES_SENT);
    static final Key ROUTE = Key.of(Vocabulary.ROUTE);
    static final Key CLUSTER = Key.of(Vocabulary.CLUSTER);
    static final Key ATTEMPT = Key.of(Vocabulary.ATTEMPT);
    static final Key PICK_ENDPOINT = Key.of(Vocabulary.PICK_ENDPOINT);
    static final Key PICK_COST = Key.of(Vocabulary.PICK_COST_MILLIS);
    static final Key PICK_OTHER = Key.of(Vocabulary.PICK_OTHER);
    static final Key PICK_OTHER_COST = Key.of(Vocabulary.PICK_OTHER_COST_MILLIS);
    static final Key PICK_REASON = Key.of(Vocabulary.PICK_REASON);
    static final Key PICK_LEFT_OUT = Key.of(Vocabulary.PICK_LEFT_OUT);
    static final Key RETRY_DECISION = Key.of(Vocabulary.RETRY_DECISION);
    static final Key RETRY_REASON = Key.of(Vocabulary.RETRY_REASON);
    static final Key HEDGE_DECISION = Key.of(Vocabulary.HEDGE_DECISION);
    static final Key HEDGE_REASON = Key.of(Vocabulary.HEDGE_REASON);
    static final Key ATTEMPT_OUTCOME = Key.of(Vocabulary.ATTEMPT_OUTCOME);
}
