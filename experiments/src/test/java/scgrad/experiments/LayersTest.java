package scgrad.experiments;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the modules: experiments -> scnet -> nn -> core; libraries for users stay in experiments. */
@AnalyzeClasses(packages = "scgrad", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule importsGoDown = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("experiments")
            .definedBy("scgrad.experiments..")
            .layer("scnet")
            .definedBy("scgrad.scnet..")
            .layer("nn")
            .definedBy("scgrad.nn..")
            .layer("core")
            .definedBy("scgrad.core..")
            .whereLayer("experiments")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("scnet")
            .mayOnlyBeAccessedByLayers("experiments")
            .whereLayer("nn")
            .mayOnlyBeAccessedByLayers("scnet", "experiments")
            .whereLayer("core")
            .mayOnlyBeAccessedByLayers("nn", "scnet", "experiments");

    @ArchTest
    static final ArchRule librariesForUsersStayInExperiments = noClasses()
            .that()
            .resideOutsideOfPackage("scgrad.experiments..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "org.jfree..", "com.fasterxml.jackson..", "me.tongfei.progressbar..");

    @ArchTest
    static final ArchRule concreteBackendsAreChosenByNameOnly = noClasses()
            .that()
            .resideOutsideOfPackage("scgrad.core.backend..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("scgrad.core.backend..");
}
