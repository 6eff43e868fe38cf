package io.tracery.proxy.admin;

import io.tracery.proxy.admin.AdminPage.Answer;
import io.tracery.proxy.admin.AdminPage.Audience;
import io.tracery.proxy.admin.AdminPage.Query;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code /logging}: how much is logged, and by a POST with {@code level=debug} or {@code logger=name&level=debug} how much
 * from now on. An empty level gives a logger back to the one above it.
 */
public final class LogLevels {

    private static final String USAGE =
            "POST /logging?level=LEVEL, or ?logger=NAME&level=LEVEL with a package or class; "
                    + "levels are error, warn, info, debug, trace, off";

    /** The JDK forgets a logger that nobody holds, and its level with it. */
    private final Map<String, Logger> changed = new ConcurrentHashMap<>();

    private LogLevels() {}

    /** The page. */
    public static AdminPage page() {
        LogLevels levels = new LogLevels();
        return new AdminPage(Audience.LOOPBACK, true, levels::answer);
    }

    private Answer answer(Query query) {
        if (query.changes()) {
            String level = query.parameters().get("level");
            if (level == null) {
                throw new IllegalArgumentException(USAGE);
            }
            set(query.parameters().getOrDefault("logger", ""), level);
        }
        return Answer.text(levels());
    }

    private void set(String name, String level) {
        Level wanted = level(level);
        if (wanted == null && name.isEmpty()) {
            throw new IllegalArgumentException("the root logger needs a level; " + USAGE);
        }
        Logger logger = Logger.getLogger(name);
        logger.setLevel(wanted);
        if (wanted == null) {
            changed.remove(name);
        } else {
            changed.put(name, logger);
        }
    }

    private String levels() {
        Map<String, Level> levels = new TreeMap<>();
        changed.forEach((name, logger) -> levels.put(name, logger.getLevel()));
        levels.putIfAbsent("", Logger.getLogger("").getLevel());
        StringBuilder text = new StringBuilder();
        levels.forEach((name, level) -> text.append(name.isEmpty() ? "(root)" : name)
                .append(' ')
                .append(word(level))
                .append('\n'));
        return text.toString();
    }

    private static @Nullable Level level(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "" -> null;
            case "off" -> Level.OFF;
            case "error" -> Level.SEVERE;
            case "warn" -> Level.WARNING;
            case "info" -> Level.INFO;
            case "debug" -> Level.FINE;
            case "trace" -> Level.FINEST;
            default -> throw new IllegalArgumentException(word + " is no level; " + USAGE);
        };
    }

    /** The words of slf4j, by which the code logs. */
    private static String word(Level level) {
        int value = level.intValue();
        if (level.equals(Level.OFF)) {
            return "off";
        }
        return value >= Level.SEVERE.intValue()
                ? "error"
                : value >= Level.WARNING.intValue()
                        ? "warn"
                        : value >= Level.INFO.intValue() ? "info" : value >= Level.FINE.intValue() ? "debug" : "trace";
    }
}
