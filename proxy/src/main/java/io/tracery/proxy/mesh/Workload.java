package io.tracery.proxy.mesh;

/**
 * Who a peer is, as far as the mesh knows; empty strings stand for what it does not know.
 *
 * @param namespace Kubernetes namespace
 * @param name workload name, which is also the OpenTelemetry service name
 * @param version the workload's version label
 * @param identity SPIFFE ID, {@code spiffe://<trust-domain>/ns/<ns>/sa/<sa>}
 */
public record Workload(String namespace, String name, String version, String identity) {

    public static final Workload UNKNOWN = new Workload("", "", "", "");
}
