package io.tracery.proxy.xds;

/** A resource that says something the proxy cannot honour; the message names the resource and what to change. */
public final class InvalidResource extends Exception {

    public InvalidResource(String resource, String problem) {
        super(resource + ": " + problem, null, false, false);
    }
}
