package io.tracery.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares an answer with the one that was looked at and approved; {@code -Dgolden.update} approves what is. */
public final class Golden {

    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final JsonMapper MAPPER = new JsonMapper();

    private Golden() {}

    public static void assertJson(String name, String json) {
        try {
            Path file = FOLDER.resolve(name);
            DefaultPrettyPrinter printer =
                    new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
            String actual = MAPPER.writer(printer).writeValueAsString(MAPPER.readTree(json)) + "\n";
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, actual);
            }
            assertThat(actual).as("%s (approve with -Dgolden.update)", file).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
