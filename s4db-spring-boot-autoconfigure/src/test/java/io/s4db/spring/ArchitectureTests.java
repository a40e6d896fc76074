package io.s4db.spring;

import java.time.Instant;
import java.util.Random;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.scheduling.annotation.EnableScheduling;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
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
		.dependOnClassesThat()
		.resideInAnyPackage("io.s4db.engine..", "io.s4db.local..", "io.s4db.index..", "software.amazon.awssdk..");

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
