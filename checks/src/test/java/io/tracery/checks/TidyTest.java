package io.tracery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no compiler sees: sizes, names and words, over every file that git tracks. */
class TidyTest {

    private static final int MOST_LINES = 500;
    private static final int MOST_LINES_OF_TYPESCRIPT = 300;
    private static final long MOST_BYTES = 1 << 20;
    private static final List<String> TEXT =
            List.of(".java", ".ts", ".tsx", ".md", ".yaml", ".yml", ".xml", ".sh", ".json", ".proto", ".css", ".html");

    /** Put together here so that this file does not match itself. */
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static final Pattern SWITCHED_OFF = Pattern.compile("@Dis" + "abled|\\.sk" + "ip\\(\\s*['\"]");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("[\"' =(:`](/ro" + "ot/|/ho" + "me/|/wo" + "rk/)[a-zA-Z.]");

    private static final Path ROOT = root();
    private static final List<Path> FILES = tracked();

    @Test
    void noFileIsTooLongToRead() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : FILES) {
            String name = file.toString();
            int bound = name.endsWith(".java") ? MOST_LINES : MOST_LINES_OF_TYPESCRIPT;
            if (name.endsWith(".java") || name.endsWith(".ts") || name.endsWith(".tsx")) {
                long lines = text(file).lines().count();
                if (lines > bound) {
                    tooLong.add(name + " has " + lines + " lines, at most " + bound);
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void mostFilesAreShort() {
        List<Long> lines = FILES.stream()
                .filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                .map(file -> text(file).lines().count())
                .sorted()
                .toList();

        assertThat(lines.get(lines.size() / 2))
                .as("median lines of a Java file")
                .isLessThanOrEqualTo(130);
        assertThat(lines.get(lines.size() * 9 / 10))
                .as("lines of the longest tenth of Java files")
                .isLessThanOrEqualTo(300);
    }

    @Test
    void nothingIsUnfinishedOrSwitchedOff() {
        assertThat(matches(UNFINISHED)).isEmpty();
        assertThat(matches(SWITCHED_OFF)).isEmpty();
    }

    @Test
    void nothingNamesAMachine() {
        assertThat(matches(MACHINE_PATH)).isEmpty();
    }

    @Test
    void theRepositoryStaysSmall() {
        assertThat(FILES)
                .allSatisfy(file -> assertThat(Files.size(ROOT.resolve(file)))
                        .as("bytes of %s", file)
                        .isLessThanOrEqualTo(MOST_BYTES));
    }

    @Test
    void everyJavaPackageIsNullMarked() {
        List<Path> unmarked = FILES.stream()
                .filter(file -> file.toString().endsWith(".java"))
                .map(file -> ROOT.resolve(file).resolveSibling("package-info.java"))
                .distinct()
                .filter(info -> !Files.exists(info) || !read(info).contains("@NullMarked"))
                .toList();

        assertThat(unmarked).isEmpty();
    }

    @Test
    void everyModuleSaysWhy() {
        List<String> silent = FILES.stream()
                .filter(file -> file.endsWith("pom.xml") && file.getNameCount() > 1)
                .map(file -> file.resolveSibling("RATIONALE.md"))
                .filter(rationale -> !Files.exists(ROOT.resolve(rationale)))
                .map(Path::toString)
                .toList();

        assertThat(silent).isEmpty();
    }

    @Test
    void everyRelativeLinkInTheDocumentsLeadsSomewhere() {
        Pattern link = Pattern.compile("]\\((?!https?:|#|mailto:)([^)#\\s]+)");
        List<String> broken = new ArrayList<>();
        for (Path file : FILES) {
            if (file.toString().endsWith(".md")) {
                Path folder = ROOT.resolve(file).getParent();
                link.matcher(text(file))
                        .results()
                        .map(found -> found.group(1))
                        .filter(target -> folder == null || !Files.exists(folder.resolve(target)))
                        .forEach(target -> broken.add(file + " links to " + target));
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<String> matches(Pattern pattern) {
        List<String> found = new ArrayList<>();
        for (Path file : FILES) {
            String name = file.toString().toLowerCase(Locale.ROOT);
            if (TEXT.stream().anyMatch(name::endsWith)) {
                text(file)
                        .lines()
                        .filter(line -> pattern.matcher(line).find())
                        .forEach(line -> found.add(file + ": " + line.strip()));
            }
        }
        return found;
    }

    private static String text(Path file) {
        return read(ROOT.resolve(file));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }

    private static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("ARCHITECTURE.md"))) {
                return folder;
            }
        }
        throw new AssertionError("the tests run outside the repository");
    }

    private static List<Path> tracked() {
        try {
            Process git = new ProcessBuilder("git", "ls-files", "-z")
                    .directory(ROOT.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(git.waitFor()).as("exit status of git ls-files").isZero();
            return Stream.of(names.split("\0"))
                    .map(Path::of)
                    .filter(file -> Files.isRegularFile(ROOT.resolve(file)))
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("git cannot list the tree's files", e);
        }
    }
}
