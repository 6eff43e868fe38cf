package io.tracery.load.lab.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelAccountsTest {

    @Test
    void readsWhatACoreDid() {
        CoreTimes before = CoreTimes.parse("""
                cpu  1 1 1 1 1 1 1 1 0 0
                cpu0 9 9 9 9 9 9 9 9 0 0
                cpu1 100 0 100 1000 10 5 15 7 0 0
                """, 1, 0);
        CoreTimes after = CoreTimes.parse("cpu1 150 0 120 1120 10 5 25 7 0 0\n", 1, 2_000_000_000L);

        CoreTimes during = after.since(before);

        assertThat(during.seconds()).isEqualTo(2.0);
        assertThat(during.idle()).isCloseTo(1.2, within(1e-9));
        assertThat(during.interrupts()).isCloseTo(0.1, within(1e-9));
        assertThat(during.idleShare()).isCloseTo(0.6, within(1e-9));
    }

    @Test
    void readsTicksOfAProcessWhoseNameHasSpaces() {
        String stat = "42 (a b) c) S 1 1 1 0 -1 4194560 100 0 0 0 700 300 0 0 20 0";
        assertThat(ProcessTimes.ticks(stat, ProcessTimes.USER)).isEqualTo(700);
        assertThat(ProcessTimes.ticks(stat, ProcessTimes.SYSTEM)).isEqualTo(300);
    }

    @Test
    void addsUpWhatIsPrivate() {
        Memory memory = Memory.parse("""
                00400000-7fff [rollup]
                Rss:               10240 kB
                Pss:                8192 kB
                Pss_Anon:           4096 kB
                Shared_Clean:       2048 kB
                Private_Clean:      1024 kB
                Private_Dirty:      3072 kB
                """);

        assertThat(memory).isEqualTo(new Memory(10, 8, 4));
    }

    @Test
    void readsWhatStraceCounted() {
        assertThat(Syscalls.parse("""
                        % time     seconds  usecs/call     calls    errors syscall
                        ------ ----------- ----------- --------- --------- ----------------
                         60.00    0.006000           3      2000           sendto
                         40.00    0.004000           2      1500       500 recvfrom
                        ------ ----------- ----------- --------- --------- ----------------
                        100.00    0.010000           2      3500       500 total
                        """)).isEqualTo(Map.of("sendto", 2000L, "recvfrom", 1500L));
    }
}
