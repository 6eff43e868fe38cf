package io.tracery.proxy.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.tracery.proxy.mesh.MeshSnapshot;
import java.util.Collection;
import java.util.StringJoiner;

/** What is in force, as JSON: Envoy's resources as they came, and the version of the snapshot made of them. */
public final class ConfigDump {

    private ConfigDump() {}

    public static String of(Resources resources, MeshSnapshot inForce) {
        return "{\"snapshot\":" + inForce.version()
                + ",\"listeners\":" + array(resources.listeners().values())
                + ",\"routes\":" + array(resources.routes().values())
                + ",\"clusters\":" + array(resources.clusters().values())
                + ",\"endpoints\":" + array(resources.endpoints().values()) + "}\n";
    }

    private static String array(Collection<? extends Message> messages) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        for (Message message : messages) {
            try {
                array.add(XdsTypes.printer().print(message));
            } catch (InvalidProtocolBufferException e) {
                // Cannot be: every type inside an Any was unpacked when the resource was accepted.
                throw new IllegalStateException(e);
            }
        }
        return array.toString();
    }
}
