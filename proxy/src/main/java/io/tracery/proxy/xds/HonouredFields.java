package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Refuses what a resource sets without an effect here, so that no one waits for one that does not come. The messages that
 * the proxy knows describe those of Envoy's fields that it honours and no other (docs/adr/0007), so whatever is unknown to
 * them has no effect. It reads the bytes rather than the messages: protobuf's reflection would load an accessor for every
 * field into every sidecar.
 *
 * <p>Described, and without an effect because they cannot change what happens to a request here: names and
 * {@code stat_prefix} (metrics have names of their own), {@code resource_api_version} and the config sources (all is ADS),
 * {@code alpn_protocols} and TLS versions (always TLS 1.3, h2 and http/1.1), options of HTTP versions,
 * {@code tls_inspector} and {@code http_inspector} (always done where chains ask), {@code runtime_key} (there is no
 * runtime), the weight of a locality (Envoy too ignores it with this balancing).
 */
final class HonouredFields {

    private final String resource;

    private HonouredFields(String resource) {
        this.resource = resource;
    }

    /** @throws InvalidResource naming the first field that has no effect here */
    static void check(String resource, Message message) throws InvalidResource {
        new HonouredFields(resource).check("", message.getDescriptorForType(), message.toByteString());
    }

    private void check(String path, Descriptor type, ByteString bytes) throws InvalidResource {
        try {
            CodedInputStream input = bytes.newCodedInput();
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
                if (field == null) {
                    throw new InvalidResource(
                            resource,
                            (path.isEmpty() ? "" : path + ": ") + "field " + WireFormat.getTagFieldNumber(tag) + " of "
                                    + type.getFullName() + " is not supported");
                }
                String at = path.isEmpty() ? field.getName() : path + "." + field.getName();
                if (field.getType() == FieldDescriptor.Type.MESSAGE && !isOpaque(field.getMessageType())) {
                    below(at, field.getMessageType(), input.readBytes());
                } else {
                    input.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new InvalidResource(resource, type.getFullName() + " cannot be read: " + e.getMessage());
        }
    }

    private void below(String path, Descriptor type, ByteString bytes) throws InvalidResource {
        if (!type.equals(Any.getDescriptor())) {
            check(path, type, bytes);
            return;
        }
        try {
            Any any = Any.parseFrom(bytes);
            Descriptor inner = XdsTypes.describe(any);
            if (inner == null) {
                throw new InvalidResource(resource, path + ": " + any.getTypeUrl() + " is not supported");
            }
            check(path, inner, any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResource(resource, path + " cannot be read: " + e.getMessage());
        }
    }

    /** Wrappers, durations and free-form metadata: they have no fields that could go unheard. */
    private static boolean isOpaque(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf") && !type.equals(Any.getDescriptor());
    }
}
