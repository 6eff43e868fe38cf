package io.tracery.tracing.otlp;

/** What every batch of one process begins with: resource and scope, encoded once. Spans and metrics share its shape. */
final class OtlpHead {

    private final byte[] resource;
    private final byte[] scope;

    OtlpHead(AttributeSet resource, Scope scope) {
        ProtoWriter out = new ProtoWriter(512);
        int mark = out.begin(OtlpFields.RESOURCE_RESOURCE);
        resource.write(out, OtlpFields.RESOURCE_ATTRIBUTES);
        out.end(mark);
        this.resource = out.toByteArray();

        out.reset();
        mark = out.begin(OtlpFields.SCOPE_SCOPE);
        out.string(OtlpFields.INSTRUMENTATION_NAME, scope.name());
        if (!scope.version().isEmpty()) {
            out.string(OtlpFields.INSTRUMENTATION_VERSION, scope.version());
        }
        out.end(mark);
        this.scope = out.toByteArray();
    }

    /** Begins the one message with this resource; the answer is for {@link ProtoWriter#end}. */
    int openResource(ProtoWriter out) {
        int mark = out.begin(OtlpFields.DATA_RESOURCES);
        out.raw(resource);
        return mark;
    }

    /** Begins the one message with this scope, inside that of the resource. */
    int openScope(ProtoWriter out) {
        int mark = out.begin(OtlpFields.RESOURCE_SCOPES);
        out.raw(scope);
        return mark;
    }
}
