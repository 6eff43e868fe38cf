package io.tracery.load.telemetry;

import io.grpc.Status;
import io.netty.util.NetUtil;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.AnyValue.ValueCase;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What OpenTelemetry's registry (semantic conventions 1.44.0) says of the attributes that the mesh has of it, and what we say of ours whose values are
 * few: type, and which values there are.
 */
final class AttributeRules {

    private static final String OURS = "tracery.";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+");

    private static final Rule TEXT = new Rule(ValueCase.STRING_VALUE, value -> true, "text");
    private static final Rule PORT = within(1, 65_535);
    private static final Rule SIZE = within(0, Long.MAX_VALUE);

    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry("service.name", TEXT),
            Map.entry("service.namespace", TEXT),
            Map.entry("service.version", TEXT),
            Map.entry("service.instance.id", TEXT),
            Map.entry("service.peer.name", TEXT),
            Map.entry("service.peer.namespace", TEXT),
            Map.entry("tls.client.server_name", TEXT),
            Map.entry("http.route", text("(/.*)?", "the template of a path")),
            Map.entry(
                    "http.request.method",
                    oneOf(
                            "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
                            "_OTHER")),
            Map.entry("http.request.resend_count", within(1, Integer.MAX_VALUE)),
            Map.entry("http.response.status_code", within(100, 599)),
            Map.entry("url.path", text("[^?#]*", "a path without query and fragment")),
            Map.entry("url.scheme", text("[a-z][a-z0-9+.-]*", "a scheme (RFC 3986, section 3.1)")),
            Map.entry("server.address", text("[^/\\[\\]]+", "a host without port and brackets")),
            Map.entry("server.port", PORT),
            Map.entry("network.io.direction", oneOf("receive", "transmit")),
            Map.entry("network.protocol.version", text("[0-9](\\.[0-9])?", "a version such as 1.1")),
            Map.entry(
                    "network.peer.address",
                    new Rule(ValueCase.STRING_VALUE, AttributeRules::isAddress, "an address, not a name")),
            Map.entry("network.peer.port", PORT),
            Map.entry("rpc.system.name", oneOf("grpc")),
            Map.entry("rpc.method", text("[^/]+/[^/]+", "service/method")),
            Map.entry(
                    "rpc.response.status_code",
                    oneOf(Arrays.stream(Status.Code.values()).map(Enum::name).toArray(String[]::new))),
            Map.entry("error.type", TEXT),
            Map.entry(Vocabulary.DIRECTION, oneOf("inbound", "outbound")),
            Map.entry(Vocabulary.PROTOCOL, oneOf("http", "grpc", "tcp")),
            Map.entry(Vocabulary.TLS, oneOf("mtls", "none")),
            Map.entry(
                    Vocabulary.FATE,
                    oneOf(Arrays.stream(Fate.values()).map(Fate::label).toArray(String[]::new))),
            Map.entry(Vocabulary.IDENTITY, text("(spiffe://.+)?", "a SPIFFE ID")),
            Map.entry(Vocabulary.PEER_IDENTITY, text("(spiffe://.+)?", "a SPIFFE ID")),
            Map.entry(Vocabulary.BYTES_RECEIVED, SIZE),
            Map.entry(Vocabulary.BYTES_SENT, SIZE),
            Map.entry(Vocabulary.STAGE_QUEUE_MICROS, SIZE),
            Map.entry(Vocabulary.STAGE_CONNECT_MICROS, SIZE),
            Map.entry(Vocabulary.STAGE_TLS_MICROS, SIZE),
            Map.entry(Vocabulary.STAGE_FIRST_BYTE_MICROS, SIZE),
            Map.entry(Vocabulary.STAGE_TRANSFER_MICROS, SIZE));

    private record Rule(ValueCase type, Predicate<AnyValue> holds, String otherwise) {}

    private AttributeRules() {}

    private static Rule oneOf(String... values) {
        Set<String> all = new TreeSet<>(Arrays.asList(values));
        return new Rule(ValueCase.STRING_VALUE, value -> all.contains(value.getStringValue()), "one of " + all);
    }

    private static Rule text(String pattern, String what) {
        Pattern compiled = Pattern.compile(pattern);
        return new Rule(
                ValueCase.STRING_VALUE,
                value -> compiled.matcher(value.getStringValue()).matches(),
                what);
    }

    private static Rule within(long least, long most) {
        return new Rule(
                ValueCase.INT_VALUE,
                value -> value.getIntValue() >= least && value.getIntValue() <= most,
                least + " to " + most);
    }

    private static boolean isAddress(AnyValue value) {
        String text = value.getStringValue();
        return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
    }

    /** What is wrong with an attribute, in words; empty where nothing is. */
    static String problem(String key, AnyValue value) {
        if (key.startsWith(Vocabulary.HTTP_REQUEST_HEADER)) {
            boolean texts = value.getArrayValue().getValuesCount() > 0
                    && value.getArrayValue().getValuesList().stream().allMatch(AnyValue::hasStringValue);
            return texts ? "" : key + " is no array of texts";
        }
        Rule rule = RULES.get(key);
        if (rule == null) {
            if (!key.startsWith(OURS)) {
                return key + " is not in the registry, or deprecated";
            }
            return NAME.matcher(key).matches() ? "" : key + " is no name as the conventions have them";
        }
        if (value.getValueCase() != rule.type) {
            return key + " is " + value.getValueCase() + " and should be " + rule.type;
        }
        return rule.holds.test(value)
                ? ""
                : key + " is " + value.toString().strip() + " and should be " + rule.otherwise;
    }
}
