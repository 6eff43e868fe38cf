package io.tracery.topology.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SixDigitsTest {

    @ParameterizedTest
    @CsvSource({
        "0.5, 0.5",
        "1.25, 1.25",
        "-12.3456789, -12.3457",
        "0.00123456789, 0.00123457",
        "99999.95, 100000",
        "999999.7, 1000000",
        "999.9995, 1000",
        "0.0999999999, 0.1",
        "2.99999999, 3",
        "123456.4, 123456",
        "0.0000000010000004, 0.000000001"
    })
    void writesSixSignificantDigits(double value, String text) {
        assertThat(String.valueOf(SixDigits.text(value))).isEqualTo(text);
    }

    @Test
    void agreesWithExactArithmetic() {
        Random random = new Random(20_261_128);
        for (int i = 0; i < 100_000; i++) {
            double value = Math.pow(10, random.nextDouble() * 14.9 - 8.99) * (random.nextBoolean() ? 1 : -1);
            BigDecimal exact = new BigDecimal(value).round(new MathContext(6));
            if (Math.abs(value) < 1e6) {
                assertThat(new BigDecimal(String.valueOf(SixDigits.text(value))))
                        .as("%s", value)
                        .isEqualByComparingTo(exact);
            } else {
                assertThat(SixDigits.text(value)).isEmpty();
            }
        }
    }
}
