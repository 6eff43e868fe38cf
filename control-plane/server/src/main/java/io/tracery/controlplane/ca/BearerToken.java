package io.tracery.controlplane.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Locale;

/** The bearer token of a call (RFC 6750, 2.1), for the method that answers it: only interceptors see a call's metadata. */
public final class BearerToken implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CREDENTIALS = Context.key("authorization");
    private static final String SCHEME = "bearer ";

    /**
     * Of the call that is being answered on this thread.
     *
     * @throws TokenRefusedException when it carries none
     */
    public static String current() throws TokenRefusedException {
        String credentials = CREDENTIALS.get();
        if (credentials == null) {
            throw new TokenRefusedException("the call carries no authorization metadata");
        }
        // RFC 9110, 11.1: the scheme's name is case-insensitive.
        if (!credentials.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new TokenRefusedException("the call's authorization is not \"Bearer <token>\"");
        }
        return credentials.substring(SCHEME.length()).strip();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        Context context = Context.current().withValue(CREDENTIALS, metadata.get(AUTHORIZATION));
        return Contexts.interceptCall(context, call, metadata, next);
    }
}
