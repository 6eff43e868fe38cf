package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Screen;
import java.util.ArrayList;
import java.util.List;

/** Ports of undeclared protocol, with what was found of them and what to write. */
final class UndeclaredText {

    private static final int MOST = 10;
    private static final String FURTHER = "  ";

    private UndeclaredText() {}

    /** Below a free line, broken between words where the screen ends: what to write is nothing to be cut. */
    static List<String> of(JsonNode ports, Screen on) {
        List<String> lines = new ArrayList<>();
        int shown = Math.min(MOST, ports.size());
        for (int i = 0; i < shown; i++) {
            JsonNode port = ports.get(i);
            boolean inbound = port.path("direction").asText().equals("inbound");
            String text = (inbound ? "inbound port " : "port ")
                    + port.path("port").asText() + " of "
                    + port.path("service").asText() + " declares no protocol: "
                    + port.path("advice").asText();
            lines.addAll(broken(text, on.columns()));
        }
        if (shown < ports.size()) {
            lines.add(GraphCommand.counted(ports.size() - shown, "more port") + " of undeclared protocol, see -o json");
        }
        if (!lines.isEmpty()) {
            lines.addFirst("");
        }
        return lines;
    }

    private static List<String> broken(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > columns && !line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
                line.append(FURTHER);
            } else if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
