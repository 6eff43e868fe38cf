package io.tracery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {

    record Broker(String host, int port) {
        Broker {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0..65535, not " + port);
            }
        }
    }

    record Sample(
            @Nullable String name,
            int retries,
            List<Broker> brokers,
            @Nullable Secret password) {
        Sample {
            brokers = brokers == null ? List.of() : brokers;
        }
    }

    @Test
    void readsNestedRecordsAndKeepsDefaults() {
        Sample sample = ConfigReader.read("t", "name: a\nbrokers: [{host: h, port: 9092}]\n", Sample.class);

        assertThat(sample).isEqualTo(new Sample("a", 0, List.of(new Broker("h", 9092)), null));
    }

    @Test
    void refusesEveryUnknownKeyAtOnceAndSuggestsTheNearName() {
        assertThatThrownBy(() -> ConfigReader.read("t", "nmae: a\nbrokers: [{host: h, prot: 1}]\n", Sample.class))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "unknown key nmae; did you mean name?",
                                        "unknown key brokers[0].prot; did you mean port?"));
    }

    @Test
    void saysWhatARecordRefusedAndWhere() {
        assertThatThrownBy(() -> ConfigReader.read("t", "brokers: [{host: h, port: 70000}]\n", Sample.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("port must be 0..65535, not 70000");
    }

    @Test
    void saysWhereAValueOfAnotherTypeStands() {
        assertThatThrownBy(() -> ConfigReader.read("t", "brokers: [{host: h}, {port: many}]\n", Sample.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("brokers[1].port: Cannot deserialize");
    }

    @Test
    void refusesWhatIsNoListWhereOneBelongs() {
        assertThatThrownBy(() -> ConfigReader.read("t", "brokers: h\n", Sample.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("brokers is no list; write [h]");
        assertThat(ConfigReader.read("t", "brokers:\n", Sample.class).brokers()).isEmpty();
    }

    @Test
    void refusesAnItemOfAListThatHasNoValue() {
        assertThatThrownBy(() -> ConfigReader.read("t", "brokers: [{host: h}, null, ~]\n", Sample.class))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "brokers[1] has no value; give it one or take it out of the list",
                                        "brokers[2] has no value; give it one or take it out of the list"));
    }

    @Test
    void saysThatTextIsNotYaml() {
        assertThatThrownBy(() -> ConfigReader.read("t", "a: [", Sample.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is not YAML");
    }

    @Test
    void saysThatAFileIsMissing() {
        assertThatThrownBy(() -> ConfigReader.read(Path.of("no-such-file.yaml"), Sample.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no-such-file.yaml");
    }

    @Test
    void secretsDoNotPrint() {
        Sample sample = ConfigReader.read("t", "password: hunter2\n", Sample.class);

        assertThat(sample.toString()).contains("***").doesNotContain("hunter2");
        assertThat(sample.password()).isNotNull().extracting(Secret::value).isEqualTo("hunter2");
    }
}
