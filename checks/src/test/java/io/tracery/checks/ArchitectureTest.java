package io.tracery.checks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of ARCHITECTURE.md, held against the classes. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tracery");

    private static final List<String> PROCESSES = List.of(
            "io.tracery.proxy..",
            "io.tracery.controlplane",
            "io.tracery.pipeline..",
            "io.tracery.search..",
            "io.tracery.topology..",
            "io.tracery.cli..");

    static List<String> processes() {
        return PROCESSES;
    }

    @ParameterizedTest
    @MethodSource("processes")
    void noProcessDependsOnAnother(String process) {
        String[] others =
                PROCESSES.stream().filter(other -> !other.equals(process)).toArray(String[]::new);

        noClasses()
                .that(resideInAPackage(process))
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .check(CLASSES);
    }

    @Test
    void ideasImportOnlyTheJdk() {
        DescribedPredicate<JavaClass> ideas = resideInAnyPackage(
                "io.tracery.proxy.mesh..",
                "io.tracery.proxy.route..",
                "io.tracery.proxy.balance..",
                "io.tracery.controlplane.model..",
                "io.tracery.pipeline.decide..",
                "io.tracery.topology.graph..",
                "io.tracery.topology.history..",
                "io.tracery.topology.fleet..",
                "io.tracery.tracing..");

        classes()
                .that(ideas)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "io.tracery.tracing..",
                        "io.tracery.proxy.mesh..",
                        "io.tracery.proxy.route..",
                        "io.tracery.proxy.balance..",
                        "io.tracery.controlplane.model..",
                        "io.tracery.pipeline.decide..",
                        "io.tracery.topology.graph..",
                        "io.tracery.topology.history..",
                        "io.tracery.topology.fleet.."))
                .check(CLASSES);
    }

    @Test
    void onlyXdsPackagesKnowEnvoy() {
        noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage(
                        "io.tracery..xds..", "io.tracery.proxy.bootstrap..", "io.tracery.controlplane.api..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.envoyproxy.."))
                .check(CLASSES);
    }

    @Test
    void onlyKubernetesPackagesKnowFabric8() {
        noClasses()
                .that(DescribedPredicate.not(resideInAPackage("io.tracery..kubernetes..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.fabric8.."))
                .check(CLASSES);
    }

    @Test
    void onlyTheEdgesOfAModuleKnowKafka() {
        noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage(
                        "io.tracery..stream..",
                        "io.tracery..publish..",
                        "io.tracery..ingest..",
                        "io.tracery..raw..",
                        "io.tracery..forward..",
                        "io.tracery.proxy.telemetry..",
                        "io.tracery.standalone..",
                        "io.tracery.load..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.apache.kafka.."))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tracery.(*).(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyLogsThroughJavaUtilLogging() {
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
