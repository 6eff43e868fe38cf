package io.tracery.proxy.balance;

/** Why an endpoint was left out. The label is what metrics, logs and pages show. */
public enum EjectionReason {
    CONSECUTIVE_5XX("consecutive_5xx"),
    CONSECUTIVE_GATEWAY_FAILURES("consecutive_gateway_failures"),
    CONSECUTIVE_LOCAL_FAILURES("consecutive_local_failures"),
    SUCCESS_RATE("success_rate"),
    /** Its time was over and the request that was to find out failed. */
    PROBE_FAILED("probe_failed");

    private final String label;

    EjectionReason(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
