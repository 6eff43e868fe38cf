package io.tracery.cli.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.cli.FakeTopology;
import io.tracery.cli.Golden;
import io.tracery.cli.text.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TapCommandTest {

    private static final String EVENTS = """
            event: started
            data: {"now":0,"sidecars":[{"name":"shop/cart-1","workload":"shop/cart","version":"v1"}],"token":"local"}

            event: exchange
            data: {"sidecar":"shop/cart-1","namespace":"shop","workload":"cart","version":"v1","direction":"inbound",\
            "timestamp":"2026-11-28T16:41:03.500Z","duration_ms":0.081,"name":"GET /cart/{id}","trace_id":"0af7651916cd43dd8448eb211c80319c",\
            "http.request.method":"GET","url.path":"/cart/7","http.response.status_code":200,"tracery.fate":"served","service.peer.name":"front","tracery.attempts":1}

            event: exchange
            data: {"sidecar":"shop/cart-1","namespace":"shop","workload":"cart","version":"v1","direction":"outbound",\
            "timestamp":"2026-11-28T16:41:02.123456789Z","duration_ms":1204.5,"name":"POST /a/very/long/{path}","trace_id":"1af7651916cd43dd8448eb211c80319c",\
            "http.request.method":"POST","url.path":"/a/very/long/path/that/does/not/fit/anywhere/at/all","http.response.status_code":504,\
            "tracery.fate":"deadline","service.peer.name":"recommendation-service","tracery.attempts":3}

            event: status
            data: {"now":0,"sidecars":1,"lookedBack":true,"examined":40,"matched":9,"sent":2,"dropped":{"rate":0,"slow":0},"missed":0,"notes":["shop/cart-1 does not record the request header x-user; it records none"]}

            event: exchange
            data: {"sidecar":"shop/cart-1","namespace":"shop","workload":"cart","version":"v1","direction":"inbound",\
            "timestamp":"2026-11-28T16:41:04Z","duration_ms":3.2,"name":"shop.Cart/Get","trace_id":"2af7651916cd43dd8448eb211c80319c",\
            "rpc.method":"shop.Cart/Get","rpc.response.status_code":"OK","http.response.status_code":200,"tracery.fate":"served","tracery.attempts":1}

            event: status
            data: {"now":0,"sidecars":1,"lookedBack":true,"examined":43,"matched":10,"sent":3,"dropped":{"rate":6,"slow":1},"missed":2,"notes":["shop/cart-1 does not record the request header x-user; it records none"]}

            event: end
            data: {"reason":"limit","message":"enough"}

            """;

    @TempDir
    Path data;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private FakeTopology topology;

    @BeforeEach
    void start() throws IOException {
        topology = new FakeTopology();
        topology.streams("/api/tap", EVENTS);
        Files.createDirectories(data.resolve("tokens"));
        Files.writeString(data.resolve("tokens/tap.token"), "the-token\n");
    }

    @AfterEach
    void end() {
        topology.close();
    }

    @Test
    void showsThePastInOrderThenWhatComes() throws IOException {
        assertThat(run(new Screen(true, false, 80, 24), "cart", "--since", "30s"))
                .isZero();
        String narrow = out.toString();
        out.getBuffer().setLength(0);
        run(new Screen(true, false, 120, 24), "cart", "--since", "30s");
        assertThat(narrow.lines()).allMatch(line -> line.length() <= 80);
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 120);
        Golden.check("tap.txt", narrow + "\n" + out);
        assertThat(err.toString()).startsWith("""
                        Watching 1 sidecar with the token local.
                        shop/cart-1 does not record the request header x-user; it records none
                        3 shown of 10 that matched, 43 looked at; 6 were beyond the rate, see --rate; \
                        1 came faster than they could be taken; 2 were forgotten before they could be looked at.
                        """);
    }

    @Test
    void asksForWhatItIsToldTo() {
        run(
                Screen.PLAIN,
                "shop/cart",
                "--fate=!served",
                "--status=5xx",
                "--min=100",
                "--retried",
                "--peer=front",
                "--header=x-user:42",
                "--no-follow",
                "-c",
                "9",
                "--rate=10");
        assertThat(topology.authorization()).isEqualTo("Bearer the-token");
        assertThat(topology.asked().getFirst())
                .isEqualTo("/api/tap?workload=shop%2Fcart&fate=%21served&status=5xx&min_ms=100&peer=front"
                        + "&header=x-user%3A42&retried=true&follow=false&limit=9&rate=10");
    }

    @Test
    void jsonIsAnObjectALine() {
        assertThat(run(Screen.PLAIN, "-o", "json")).isZero();
        assertThat(out.toString().lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("{\"sidecar\":\"shop/cart-1\"") && line.endsWith("}"));
    }

    @Test
    void saysWhyItMayNot() throws IOException {
        topology.answers("/api/tap", 403, "{\"error\": {\"status\": 403, \"message\": \"the token x is not for it\"}}");
        assertThat(run(Screen.PLAIN)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("the token x is not for it\n");

        Files.delete(data.resolve("tokens/tap.token"));
        assertThat(run(Screen.PLAIN)).isEqualTo(1);
        assertThat(err.toString()).contains("there is no tap token", "--token-file", "TRACERY_TAP_TOKEN");

        assertThat(run(Screen.PLAIN, "--token-file", data.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("none cannot be read");
    }

    @Test
    void aStreamThatBreaksOffIsAFailure() {
        topology.streams("/api/tap", EVENTS.substring(0, EVENTS.indexOf("event: end")));
        assertThat(run(Screen.PLAIN)).isEqualTo(1);
        assertThat(err.toString()).contains("ended the stream without a word");
    }

    private int run(Screen screen, String... arguments) {
        TapCommand command = new TapCommand();
        command.surroundings(screen, data);
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        all[0] = "--url";
        all[1] = topology.url();
        return new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
