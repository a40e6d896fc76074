package io.s4db.spring;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.s4db.S4DB;
import io.s4db.engine.CommitWatch;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.scheduling.annotation.EnableScheduling;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The shape of this module.
 */
@AnalyzeClasses(packages = "io.s4db.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule packagesAreFreeOfTangles = slices().matching("io.s4db.spring.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule theTemplateKnowsNothingAboveIt = noClasses().that()
		.resideInAPackage("io.s4db.spring")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.s4db.spring.*");

	@ArchTest
	static final ArchRule onlyTheAutoConfigurationOpensDatabases = noClasses().that()
		.resideOutsideOfPackage("io.s4db.spring.autoconfigure")
		.should()
		.dependOnClassesThat(
				resideInAnyPackage("io.s4db.engine", "software.amazon.awssdk..").and(not(type(CommitWatch.class))));

	@ArchTest
	static void whatTheCoreDoesNotExportIsNotUsed(JavaClasses all) throws URISyntaxException {
		Path core = Path.of(S4DB.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		String[] exported = ModuleFinder.of(core)
			.find("io.s4db.core")
			.orElseThrow()
			.descriptor()
			.exports()
			.stream()
			.map(ModuleDescriptor.Exports::source)
			.toArray(String[]::new);
		noClasses().should()
			.dependOnClassesThat(resideInAPackage("io.s4db..").and(not(resideInAPackage("io.s4db.spring..")))
				.and(not(resideInAnyPackage(exported))))
			.check(all);
	}

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration");

	@ArchTest
	static final ArchRule beanMethodsAreNotPublic = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBePublic()
		.andShould()
		.notBePrivate()
		.andShould()
		.notBeAnnotatedWith(ConditionalOnClass.class);

	@ArchTest
	static final ArchRule conditionsAreNotPublic = classes().that()
		.areAssignableTo(Condition.class)
		.should()
		.notBePublic()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule propertiesAreRecords = classes().that()
		.areAnnotatedWith(ConfigurationProperties.class)
		.should()
		.beRecords();

	@ArchTest
	static final ArchRule schedulingOfTheApplicationIsLeftAlone = noClasses().should()
		.beAnnotatedWith(EnableScheduling.class);

	@ArchTest
	static final ArchRule timeAndChanceAreHandedIn = noClasses().should()
		.callMethod(Instant.class, "now")
		.orShould()
		.callMethod(System.class, "currentTimeMillis")
		.orShould()
		.callMethod(System.class, "nanoTime")
		.orShould()
		.callConstructor(Thread.class, Runnable.class)
		.orShould()
		.dependOnClassesThat(assignableTo(Random.class));

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes().should(have(describe("a package that is @NullMarked",
			(JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class))));

}
