package io.tracery.proxy.telemetry;

/**
 * In what state the proxy is, for those who watch over the mesh.
 *
 * @param configurationVersion counts up by one for each that took effect
 * @param configurationSeconds Unix time at which it did; 0 before the first
 * @param certificateIssued Unix time at which the certificate in use was obtained; 0 without one
 * @param certificateExpires Unix time until which it is valid; 0 without one
 */
public record ProxyVitals(
        long configurationVersion, long configurationSeconds, long certificateIssued, long certificateExpires) {}
