package scgrad.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The floors of core: core -> op -> array <- backend.*, and no circle anywhere. */
@AnalyzeClasses(packages = "scgrad", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String[] LIBRARIES = {
        "java..", "javax..", "org.ejml..", "com.aparapi..", "jdk.incubator.vector.."
    };

    private static String[] with(String... own) {
        String[] all = java.util.Arrays.copyOf(own, own.length + LIBRARIES.length);
        System.arraycopy(LIBRARIES, 0, all, own.length, LIBRARIES.length);
        return all;
    }

    @ArchTest
    static final ArchRule arraysStandOnTheGround = classes()
            .that()
            .resideInAPackage("scgrad.core.array")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("scgrad.core.array"));

    @ArchTest
    static final ArchRule operationsSeeArraysAndNeverTensors = classes()
            .that()
            .resideInAPackage("scgrad.core.op")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("scgrad.core.op", "scgrad.core.array"));

    @ArchTest
    static final ArchRule backendsSeeArraysAndNoGraph = classes()
            .that()
            .resideInAPackage("scgrad.core.backend..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("scgrad.core.backend..", "scgrad.core.array"));

    @ArchTest
    static final ArchRule backendsDoNotSeeEachOther =
            slices().matching("scgrad.core.backend.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule theEngineKnowsNoConcreteBackend = classes()
            .that()
            .resideInAPackage("scgrad.core")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("scgrad.core", "scgrad.core.op", "scgrad.core.array"));

    @ArchTest
    static final ArchRule onlyTheOpenclBackendSeesAparapi = noClasses()
            .that()
            .resideOutsideOfPackage("scgrad.core.backend.opencl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.aparapi..");

    @ArchTest
    static final ArchRule onlyTheCpuBackendSeesVectors = noClasses()
            .that()
            .resideOutsideOfPackage("scgrad.core.backend.cpu..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchRule noCircles =
            slices().matching("scgrad.core.(**)").should().beFreeOfCycles();
}
