package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that the lab runs on. */
public final class Machine {

    private Machine() {}

    /**
     * @throws IOException saying what is missing for a lab
     */
    public static void require() throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new IOException("the lab reads Linux's own accounts of CPU and memory and runs nowhere else");
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IOException("the lab needs two cores: one for the load, one for the proxy under test");
        }
    }

    /** Processor, number of cores, kernel, and the network where that is not the machine's own. */
    public static String describe() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        long cores = Files.readAllLines(Path.of("/proc/stat")).stream()
                .filter(line -> line.matches("cpu\\d+ .*"))
                .count();
        return model + ", " + cores + " cores, Linux " + System.getProperty("os.version")
                + (NetworkNamespace.inside() ? ", in a network namespace that follows connections" : "");
    }
}
