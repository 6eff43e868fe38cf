package io.tracery.load.lab.work;

import io.tracery.load.lab.peer.Site;

/**
 * Where a load goes and how much of it.
 *
 * @param connections of saturated HTTP/1.1 and TCP
 * @param bodyGibibytes that one run of large bodies moves
 * @param handshakes new connections per second
 */
public record Target(int port, Site.Identity identity, int connections, int bodyGibibytes, int handshakes) {}
