package io.tracery.process;

/**
 * A part of a process that runs: built by its module's composition root, started once, closed once. The same component
 * is the whole of its own process and one of several in the standalone one.
 */
public interface Component extends AutoCloseable {

    /** A short name for logs and readiness answers, for example {@code control-plane}. */
    String name();

    /**
     * Starts and returns when the component can do its work, or throws with a message that says what to do.
     *
     * @throws Exception when it cannot start; what it had begun is then closed
     */
    void start() throws Exception;

    /** True while the component can do its work; cheap, called by {@code /ready}. */
    boolean ready();

    /** Ends within the deadline that its configuration names; safe to call twice and after a failed start. */
    @Override
    void close();
}
