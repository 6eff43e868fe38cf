package io.tracery.proxy.data;

import io.tracery.proxy.mesh.Workload;

/** What a caller's SPIFFE ID says of its workload: {@code spiffe://<trust-domain>/ns/<namespace>/sa/<account>}. */
final class CallerWorkload {

    private CallerWorkload() {}

    /** By convention a workload is named like its service account; an ID of another shape names nobody. */
    static Workload of(String spiffeId) {
        String[] parts = spiffeId.split("/", -1);
        boolean ours = parts.length == 7 && parts[3].equals("ns") && parts[5].equals("sa");
        return ours ? new Workload(parts[4], parts[6], "", spiffeId) : new Workload("", "", "", spiffeId);
    }
}
