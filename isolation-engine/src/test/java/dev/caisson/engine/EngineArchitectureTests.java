package dev.caisson.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The rooms of the engine and the doors between them. */
class EngineArchitectureTests {

	private static final String ENGINE = "dev.caisson.engine";

	private static final Set<String> ROOM = Set.of("linux", "launch", "spec");

	/** What each package may use; a package that is not named here has no place. */
	private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(Map.entry("linux", Set.of()),
			Map.entry("spec", Set.of()), Map.entry("launch", Set.of("linux")), Map.entry("tar", Set.of("linux")),
			Map.entry("image", Set.of("linux", "tar")), Map.entry("namespace", ROOM), Map.entry("cgroup", ROOM),
			Map.entry("seccomp", ROOM), Map.entry("selinux", ROOM), Map.entry("capability", ROOM),
			Map.entry("rootfs", ROOM), Map.entry("network", ROOM),
			Map.entry("evidence",
					Set.of("linux", "spec", "namespace", "cgroup", "seccomp", "selinux", "capability", "rootfs",
							"network")),
			Map.entry("container", Set.of("evidence", "linux", "launch", "spec", "image", "tar", "namespace", "cgroup",
					"seccomp", "selinux", "capability", "rootfs", "network")));

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ENGINE);

	@Test
	void roomsUseOnlyWhatTheyMay() {
		Set<String> trespasses = new TreeSet<>();
		for (JavaClass type : CLASSES) {
			for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
				String from = room(type);
				String to = room(dependency.getTargetClass());
				if (!from.isEmpty() && !to.isEmpty() && !from.equals(to)
						&& !ALLOWED.getOrDefault(from, Set.of()).contains(to)) {
					trespasses.add(from + " must not use " + to + ": " + dependency.getDescription());
				}
			}
		}
		assertThat(trespasses).isEmpty();
	}

	@Test
	void everyPackageHasItsPlace() {
		assertThat(CLASSES).isNotEmpty();
		assertThat(CLASSES.stream().map(EngineArchitectureTests::room).filter((room) -> !room.isEmpty()))
			.isSubsetOf(ALLOWED.keySet());
	}

	@Test
	void everyPackageSaysWhatLivesInIt() {
		List<JavaPackage> packages = CLASSES.stream().map(JavaClass::getPackage).distinct().toList();
		assertThat(packages)
			.allSatisfy((each) -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(ENGINE + ".(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void onlyTheKernelBorderKnowsJnr() {
		noClasses().that()
			.resideOutsideOfPackage(ENGINE + ".linux..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jnr..", "com.kenai.jffi..")
			.check(CLASSES);
	}

	@Test
	void engineKnowsNoFramework() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "jakarta..")
			.check(CLASSES);
	}

	/** The first word of its package below the engine's, empty for all other classes. */
	private static String room(JavaClass type) {
		String name = type.getBaseComponentType().getPackageName();
		return name.startsWith(ENGINE + ".") ? name.substring(ENGINE.length() + 1).split("\\.")[0] : "";
	}

}
