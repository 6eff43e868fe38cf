package io.tracery.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code tracery version}: the version of Tracery and of the Java that runs it. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Runnable, IVersionProvider {

    @Override
    public void run() {
        System.out.println(getVersion()[0]);
    }

    @Override
    public String[] getVersion() {
        // The jar's manifest has it; classes in a directory have none.
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return new String[] {"tracery " + (version == null ? "(unpackaged)" : version) + ", Java " + Runtime.version()};
    }
}
