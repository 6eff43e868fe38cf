package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;

/** Learns on the event loop when endpoints are left out and taken back. Must not block. */
public interface EjectionObserver {

    EjectionObserver NONE = new EjectionObserver() {
        @Override
        public void ejected(String cluster, Endpoint endpoint, EjectionReason reason, long forNanos) {}

        @Override
        public void returned(String cluster, Endpoint endpoint) {}
    };

    /** @param forNanos until a request finds out whether it has recovered */
    void ejected(String cluster, Endpoint endpoint, EjectionReason reason, long forNanos);

    /** A request succeeded after its time was over: it takes part again. */
    void returned(String cluster, Endpoint endpoint);
}
