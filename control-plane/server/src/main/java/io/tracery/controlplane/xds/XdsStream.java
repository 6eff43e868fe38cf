package io.tracery.controlplane.xds;

/** One connected proxy. */
interface XdsStream {

    /** The mesh has changed: send what is new for this proxy. Any thread. */
    void refresh();
}
