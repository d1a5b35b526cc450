package dev.caisson.web;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The modules and the arrows between them, seen from the one that uses all. */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		// bean definitions that Spring AOT wrote down knit all modules together
		.withImportOption((location) -> !location.contains("__") && !location.contains("-tests.jar"))
		.importPackages("dev.caisson");

	@Test
	void allModulesAreLookedAt() {
		assertThat(CLASSES.stream().map(JavaClass::getPackageName)).contains("dev.caisson.web", "dev.caisson.platform",
				"dev.caisson.persistence", "dev.caisson.engine");
	}

	@Test
	void persistenceAndEngineDoNotKnowEachOther() {
		noClasses().that()
			.resideInAPackage("dev.caisson.persistence..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.caisson.engine..", "dev.caisson.platform..", "dev.caisson.web..")
			.check(CLASSES);
		noClasses().that()
			.resideInAPackage("dev.caisson.engine..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.caisson.persistence..", "dev.caisson.platform..", "dev.caisson.web..")
			.check(CLASSES);
	}

	@Test
	void platformDoesNotKnowTheDashboard() {
		noClasses().that()
			.resideInAPackage("dev.caisson.platform..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.caisson.web..")
			.check(CLASSES);
	}

	@Test
	void dashboardReachesTheRestThroughThePlatform() {
		noClasses().that()
			.resideInAPackage("dev.caisson.web..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.caisson.persistence..", "dev.caisson.engine.linux..")
			.check(CLASSES);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.caisson.(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void everyPackageSaysWhatLivesInIt() {
		assertThat(CLASSES.stream().map(JavaClass::getPackage).distinct())
			.allSatisfy((each) -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
	}

}
