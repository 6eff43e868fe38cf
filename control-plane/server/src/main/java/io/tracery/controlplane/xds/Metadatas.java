package io.tracery.controlplane.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.tracery.controlplane.api.XdsNames;

/** Small messages that several resources hold. */
final class Metadatas {

    private Metadatas() {}

    /** What is ours of a resource's metadata, as keys and values in turn. */
    static Metadata of(String... pairs) {
        Struct.Builder ours = Struct.newBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            ours.putFields(
                    pairs[i], Value.newBuilder().setStringValue(pairs[i + 1]).build());
        }
        return Metadata.newBuilder()
                .putFilterMetadata(XdsNames.METADATA, ours.build())
                .build();
    }

    static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }
}
