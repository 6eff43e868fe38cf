package io.tracery.proxy.identity;

import io.tracery.controlplane.api.SpiffeId;
import java.nio.file.Path;

/**
 * Whom the proxy is to be, and who certifies that.
 *
 * @param id the SPIFFE ID that the certificate must carry
 * @param caHost name or address of the certificate authority, as its certificate has it
 * @param caPort its port
 * @param tokenFile service account token, read anew for each certificate
 * @param trustAnchorFile PEM of the mesh's root, read anew for each certificate; the authority's own certificate must be
 *     signed by it too
 */
public record CertificateSettings(SpiffeId id, String caHost, int caPort, Path tokenFile, Path trustAnchorFile) {}
