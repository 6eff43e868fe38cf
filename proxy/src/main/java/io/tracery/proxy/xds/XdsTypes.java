package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.netty.util.NetUtil;
import io.tracery.controlplane.api.XdsNames;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The small change of reading Envoy's messages. */
public final class XdsTypes {

    /**
     * Every type that the proxy knows inside an Any. A description is made when the first message of its type comes: it brings
     * those of all that the type consists of.
     */
    private static final Map<String, Supplier<Descriptor>> KNOWN = Map.ofEntries(
            known(
                    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    HttpConnectionManager::getDescriptor),
            known("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", TcpProxy::getDescriptor),
            known("envoy.extensions.filters.http.router.v3.Router", Router::getDescriptor),
            known("envoy.extensions.filters.http.fault.v3.HTTPFault", HTTPFault::getDescriptor),
            known("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", LocalRateLimit::getDescriptor),
            known(
                    "envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor",
                    io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor::getDescriptor),
            known("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector", TlsInspector::getDescriptor),
            known("envoy.extensions.filters.listener.http_inspector.v3.HttpInspector", HttpInspector::getDescriptor),
            known(
                    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                    DownstreamTlsContext::getDescriptor),
            known("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", UpstreamTlsContext::getDescriptor),
            known("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", HttpProtocolOptions::getDescriptor));

    private static final int MOST_WEIGHT = 1_000_000;
    private static final int MOST_PORT = 65_535;

    private XdsTypes() {}

    private static Map.Entry<String, Supplier<Descriptor>> known(String name, Supplier<Descriptor> type) {
        return Map.entry("type.googleapis.com/" + name, type);
    }

    private static TypeRegistry registry() {
        TypeRegistry.Builder all = TypeRegistry.newBuilder();
        KNOWN.values().forEach(type -> all.add(type.get()));
        return all.build();
    }

    /** Reads protobuf's JSON form; unknown fields are refused by name. */
    public static JsonFormat.Parser parser() {
        return JsonFormat.parser().usingTypeRegistry(registry());
    }

    static JsonFormat.Printer printer() {
        return JsonFormat.printer().usingTypeRegistry(registry()).omittingInsignificantWhitespace();
    }

    /** The type inside an Any, or null for one that the proxy does not know. */
    static @Nullable Descriptor describe(Any any) {
        Supplier<Descriptor> type = KNOWN.get(any.getTypeUrl());
        return type == null ? null : type.get();
    }

    static <M extends Message> M unpack(String resource, Any any, Class<M> type) throws InvalidResource {
        if (!any.is(type)) {
            throw new InvalidResource(
                    resource, any.getTypeUrl() + " is not supported here, " + type.getSimpleName() + " is");
        }
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResource(resource, type.getSimpleName() + " cannot be read: " + e.getMessage());
        }
    }

    /** Only literal IP addresses: the data path resolves no names. */
    static InetSocketAddress socketAddress(String resource, Address address) throws InvalidResource {
        String host = address.getSocketAddress().getAddress();
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        int port = address.getSocketAddress().getPortValue();
        if (!address.hasSocketAddress() || literal == null || port < 0 || port > MOST_PORT) {
            throw new InvalidResource(
                    resource,
                    "address must be an IP address and a port, not \"" + host + ":" + Integer.toUnsignedString(port)
                            + "\"");
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), port);
        } catch (UnknownHostException e) {
            throw new InvalidResource(resource, "address " + host + " has a wrong length");
        }
    }

    /** At least zero. */
    static java.time.Duration duration(String resource, Duration duration) throws InvalidResource {
        java.time.Duration value = java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
        if (value.isNegative()) {
            throw new InvalidResource(resource, "a duration of " + value + " is below zero");
        }
        return value;
    }

    /** 0 to a million, so that sums of weights stay small; protobuf's unsigned numbers arrive as negative ones. */
    static int weight(String resource, int weight) throws InvalidResource {
        if (weight < 0 || weight > MOST_WEIGHT) {
            throw new InvalidResource(
                    resource, "weight " + Integer.toUnsignedString(weight) + " is above " + MOST_WEIGHT);
        }
        return weight;
    }

    /** A text of our own metadata, empty where there is none. */
    static String metadata(Metadata metadata, String key) {
        var ours = metadata.getFilterMetadataMap().get(XdsNames.METADATA);
        return ours == null
                ? ""
                : ours.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    /** The parts of such a text, where one that is there twice is there once. */
    static Set<String> metadata(Metadata metadata, String key, String separator) {
        String text = metadata(metadata, key);
        return text.isEmpty() ? Set.of() : Set.copyOf(List.of(text.split(separator)));
    }
}
