package io.tracery.proxy.http;

/** Told to every client connection when the proxy is to end: finish what is open, begin nothing new. */
public enum Drain {
    NOW
}
