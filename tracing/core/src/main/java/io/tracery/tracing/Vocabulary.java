package io.tracery.tracing;

/**
 * Every name that appears in the mesh's metrics, spans and events. Names without our prefix are OpenTelemetry's semantic
 * conventions and mean what those say; {@code docs/kafka.md} describes each of ours.
 */
public final class Vocabulary {

    private Vocabulary() {}

    /** Instrumentation scope of all that the proxy emits. */
    public static final String SCOPE = "io.tracery.proxy";

    // Resource: who speaks.
    public static final String SERVICE_NAME = "service.name";
    public static final String SERVICE_NAMESPACE = "service.namespace";
    public static final String SERVICE_VERSION = "service.version";
    public static final String SERVICE_INSTANCE_ID = "service.instance.id";
    public static final String IDENTITY = "tracery.identity";
    public static final String KEEP_REASON = "tracery.keep.reason";

    // Metrics.
    /** ExponentialHistogram in seconds, one point by fate and status. */
    public static final String EXCHANGE_DURATION = "tracery.exchange.duration";

    public static final String EXCHANGE_STARTED = "tracery.exchange.started";
    public static final String EXCHANGE_RETRIES = "tracery.exchange.retries";
    public static final String EXCHANGE_HEDGES = "tracery.exchange.hedges";
    /** Bytes of bodies, by {@link #NETWORK_IO_DIRECTION}. */
    public static final String EXCHANGE_IO = "tracery.exchange.io";

    // Metrics of the proxy itself, so that whoever reads the topic knows in what state it is.
    /** Gauge: counts up by one for each configuration that took effect. */
    public static final String PROXY_CONFIGURATION_VERSION = "tracery.proxy.configuration.version";

    /** Gauge, Unix seconds: when the configuration in force took effect. */
    public static final String PROXY_CONFIGURATION_TIME = "tracery.proxy.configuration.time";

    /** Gauge, Unix seconds: from when the proxy's certificate is valid. */
    public static final String PROXY_CERTIFICATE_ISSUED = "tracery.proxy.certificate.issued";

    /** Gauge, Unix seconds: until when. */
    public static final String PROXY_CERTIFICATE_EXPIRES = "tracery.proxy.certificate.expires";

    /** Sum: telemetry that was lost, by {@link #SIGNAL}. */
    public static final String PROXY_DROPPED = "tracery.proxy.dropped";

    /** Sum: exchanges counted in a coarser series than their own. */
    public static final String PROXY_OVER_BUDGET = "tracery.proxy.over_budget";

    /** Gauge, seconds: what an endpoint costs by the proxy's balancer, expected latency times load. */
    public static final String PROXY_ENDPOINT_COST = "tracery.proxy.endpoint.cost";

    /** Gauge: requests under way from the proxy to an endpoint. */
    public static final String PROXY_ENDPOINT_IN_FLIGHT = "tracery.proxy.endpoint.in_flight";

    /** Gauge: endpoints that the proxy uses and does not tell of, since they are too many. */
    public static final String PROXY_ENDPOINT_OMITTED = "tracery.proxy.endpoint.omitted";

    /** Sum: connections to a port of undeclared protocol, by {@link #LISTENER} and what they spoke, {@link #EVENT_DETECTED}. */
    public static final String PROXY_DETECTION_CONNECTIONS = "tracery.proxy.detection.connections";

    /** Gauge, seconds: how long a client of such a port may be silent before its server is asked whether it speaks first. */
    public static final String PROXY_DETECTION_WAIT = "tracery.proxy.detection.wait";

    /** Gauge: ports of undeclared protocol that the proxy does not tell of, since they are too many. */
    public static final String PROXY_DETECTION_OMITTED = "tracery.proxy.detection.omitted";

    /** A listener of the proxy, such as {@code outbound/cart.shop/80}. */
    public static final String LISTENER = "tracery.listener";

    /** Why an endpoint is left out, such as {@code consecutive_5xx}; absent while it is not. */
    public static final String EJECTED = "tracery.ejected";

    /** {@code spans} or {@code metrics}. */
    public static final String SIGNAL = "tracery.signal";

    // Attributes of metrics and spans.
    public static final String DIRECTION = "tracery.direction";
    public static final String PROTOCOL = "tracery.protocol";
    public static final String PEER_NAMESPACE = "service.peer.namespace";
    public static final String PEER_NAME = "service.peer.name";
    public static final String PEER_VERSION = "tracery.peer.version";
    public static final String PEER_IDENTITY = "tracery.peer.identity";
    public static final String TLS = "tracery.tls";
    /** Whom TLS that passes through unopened asks for. */
    public static final String TLS_SERVER_NAME = "tls.client.server_name";

    /** The template of the path, such as {@code /users/{id}}; what the mesh calls a route is {@link #ROUTE}. */
    public static final String HTTP_ROUTE = "http.route";

    public static final String FATE = "tracery.fate";
    public static final String HTTP_STATUS = "http.response.status_code";
    public static final String RPC_STATUS = "rpc.response.status_code";
    public static final String NETWORK_IO_DIRECTION = "network.io.direction";

    // Values of attributes.
    /** {@link #NETWORK_IO_DIRECTION}: bytes of requests. */
    public static final String IO_RECEIVE = "receive";

    /** {@link #NETWORK_IO_DIRECTION}: bytes of responses. */
    public static final String IO_TRANSMIT = "transmit";

    /** {@link #EVENT_DETECTED}: the client waited and the server spoke. */
    public static final String DETECTED_SERVER_FIRST = "server_first";

    public static final String TLS_MUTUAL = "mtls";
    public static final String TLS_NONE = "none";
    public static final String PROTOCOL_HTTP = "http";
    public static final String PROTOCOL_GRPC = "grpc";
    public static final String PROTOCOL_TCP = "tcp";

    // Attributes of spans only.
    public static final String HTTP_METHOD = "http.request.method";
    /** Before the lower-case name of a request header that sidecars are told to record; an array, of the first value alone. */
    public static final String HTTP_REQUEST_HEADER = "http.request.header.";

    public static final String HTTP_RESEND_COUNT = "http.request.resend_count";
    public static final String URL_PATH = "url.path";
    public static final String URL_SCHEME = "url.scheme";
    public static final String SERVER_ADDRESS = "server.address";
    public static final String SERVER_PORT = "server.port";
    public static final String NETWORK_PROTOCOL_VERSION = "network.protocol.version";
    public static final String NETWORK_PEER_ADDRESS = "network.peer.address";
    public static final String NETWORK_PEER_PORT = "network.peer.port";
    public static final String RPC_SYSTEM = "rpc.system.name";
    public static final String RPC_METHOD = "rpc.method";
    public static final String ERROR_TYPE = "error.type";
    /** The mesh's route that matched, and where it led. */
    public static final String ROUTE = "tracery.route";

    public static final String CLUSTER = "tracery.cluster";
    /** Absent for one. */
    public static final String ATTEMPTS = "tracery.attempts";
    /** What the mesh did to the exchange because its route says so: {@code mirror}, {@code redirect}, …; several by comma. */
    public static final String INTERVENTION = "tracery.intervention";

    public static final String STAGE_QUEUE_MICROS = "tracery.stage.queue_us";
    public static final String STAGE_CONNECT_MICROS = "tracery.stage.connect_us";
    public static final String STAGE_FIRST_BYTE_MICROS = "tracery.stage.first_byte_us";
    public static final String STAGE_TRANSFER_MICROS = "tracery.stage.transfer_us";
    /** Of {@link #STAGE_CONNECT_MICROS} what the TLS handshake of a new connection took. */
    public static final String STAGE_TLS_MICROS = "tracery.stage.tls_us";

    public static final String MESSAGES_RECEIVED = "tracery.messages.received";
    public static final String MESSAGES_SENT = "tracery.messages.sent";
    public static final String BYTES_RECEIVED = "tracery.bytes.received";
    public static final String BYTES_SENT = "tracery.bytes.sent";

    /**
     * Name of a span that shows, twice a minute, that a proxy's spans arrive, and its one attribute: its number, from 1 since the
     * proxy began.
     */
    public static final String CANARY = "tracery.canary";

    /** A trace state that asks for the trace to be kept. */
    public static final String TRACESTATE_KEEP = "tracery=keep";
    /** The same as an entry of baggage. */
    public static final String BAGGAGE_KEY = "tracery";

    public static final String BAGGAGE_KEEP = "keep";

    // The decision record: events of a span, and their attributes.
    /** With the attribute of the same name: what was injected, as a person would put it. */
    public static final String EVENT_FAULT = "tracery.fault";

    public static final String EVENT_RATE_LIMIT = "tracery.rate_limit";

    /** With the attribute of the same name: what the connection was found to speak, where its port declares nothing. */
    public static final String EVENT_DETECTED = "tracery.detected";

    /** With the attribute of the same name: what was full, and how urgent the request was where that counts. */
    public static final String EVENT_SHED = "tracery.shed";

    public static final String EVENT_PICK = "tracery.pick";
    public static final String EVENT_RETRY = "tracery.retry";
    /** Counts from 1. */
    public static final String ATTEMPT = "tracery.attempt";

    public static final String PICK_ENDPOINT = "tracery.pick.endpoint";
    public static final String PICK_COST_MILLIS = "tracery.pick.cost_ms";
    public static final String PICK_OTHER = "tracery.pick.other";
    public static final String PICK_OTHER_COST_MILLIS = "tracery.pick.other_cost_ms";
    /** {@code cost}, {@code turn}, {@code hash}, {@code probe}, {@code zone_overflow} or {@code slow_start}. */
    public static final String PICK_REASON = "tracery.pick.reason";
    /** How many endpoints were not asked because they failed too often. */
    public static final String PICK_LEFT_OUT = "tracery.pick.left_out";
    /** {@code retried} or {@code not_retried}. */
    public static final String RETRY_DECISION = "tracery.retry.decision";

    public static final String RETRY_REASON = "tracery.retry.reason";

    /** Whether another endpoint was asked beside one that was slow. */
    public static final String EVENT_HEDGE = "tracery.hedge";
    /** {@code hedged} or {@code not_hedged}. */
    public static final String HEDGE_DECISION = "tracery.hedge.decision";

    public static final String HEDGE_REASON = "tracery.hedge.reason";
    /** Of an attempt that has no fate: {@link #OUTCOME_OUTRUN}. */
    public static final String ATTEMPT_OUTCOME = "tracery.attempt.outcome";
    /** Another attempt of the same exchange answered first, and this one was cancelled. */
    public static final String OUTCOME_OUTRUN = "outrun";
}
