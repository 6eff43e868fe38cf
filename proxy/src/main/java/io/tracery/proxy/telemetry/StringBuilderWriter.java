package io.tracery.proxy.telemetry;

import java.io.Writer;

/** A writer into text that is used again and again. */
final class StringBuilderWriter extends Writer {

    private final StringBuilder content = new StringBuilder(512);

    StringBuilder content() {
        return content;
    }

    void clear() {
        content.setLength(0);
    }

    @Override
    public void write(char[] characters, int from, int count) {
        content.append(characters, from, count);
    }

    @Override
    public void write(int character) {
        content.append((char) character);
    }

    @Override
    public void write(String text, int from, int count) {
        content.append(text, from, from + count);
    }

    @Override
    public void flush() {
        // It is where it should be.
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
