package io.tracery.proxy.loop;

/** Something of one event loop that is looked at about once a second, so that idleness needs no timer of its own. */
public interface Swept {

    /** Ends itself if nothing has moved for too long. */
    void sweep(long nowNanos);
}
