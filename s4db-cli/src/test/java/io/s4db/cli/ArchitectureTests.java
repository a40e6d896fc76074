package io.s4db.cli;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.s4db.cli.command.BaseCommand;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The shape of the command line: which room may use which, and what a room of commands
 * shows.
 */
@AnalyzeClasses(packages = "io.s4db.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String[] COMMANDS = { "io.s4db.cli.look", "io.s4db.cli.change", "io.s4db.cli.move",
			"io.s4db.cli.mend" };

	@ArchTest
	static final ArchRule roomsHaveNoCycle = slices().matching("io.s4db.cli.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule roomsUseThoseBelow = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("program")
		.definedBy("io.s4db.cli")
		.layer("look")
		.definedBy("io.s4db.cli.look")
		.layer("change")
		.definedBy("io.s4db.cli.change")
		.layer("move")
		.definedBy("io.s4db.cli.move")
		.layer("mend")
		.definedBy("io.s4db.cli.mend")
		.layer("command")
		.definedBy("io.s4db.cli.command")
		.layer("pairs")
		.definedBy("io.s4db.cli.pairs")
		.layer("reference")
		.definedBy("io.s4db.cli.reference")
		.layer("place")
		.definedBy("io.s4db.cli.place")
		.layer("terminal")
		.definedBy("io.s4db.cli.terminal")
		.whereLayer("program")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("look")
		.mayOnlyBeAccessedByLayers("program")
		.whereLayer("change")
		.mayOnlyBeAccessedByLayers("program")
		.whereLayer("move")
		.mayOnlyBeAccessedByLayers("program")
		.whereLayer("mend")
		.mayOnlyBeAccessedByLayers("program")
		.whereLayer("command")
		.mayOnlyBeAccessedByLayers("program", "look", "change", "move", "mend")
		.whereLayer("pairs")
		.mayOnlyBeAccessedByLayers("move")
		.whereLayer("reference")
		.mayOnlyBeAccessedByLayers("move")
		.whereLayer("place")
		.mayOnlyBeAccessedByLayers("look", "change", "move", "mend", "command")
		.whereLayer("terminal")
		.mayNotAccessAnyLayer();

	@ArchTest
	static final ArchRule roomsOfCommandsShowCommands = classes().that()
		.resideInAnyPackage(COMMANDS)
		.and()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should()
		.beAssignableTo(BaseCommand.class)
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("Command");

	@ArchTest
	static final ArchRule commandsShowNoMethod = methods().that()
		.areDeclaredInClassesThat()
		.resideInAnyPackage(COMMANDS)
		.and()
		.areDeclaredInClassesThat()
		.areAssignableTo(BaseCommand.class)
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule theSdkIsKnownWherePlacesAreReachedAndErrorsAreTold = noClasses().that()
		.resideOutsideOfPackages("io.s4db.cli.place", "io.s4db.cli.terminal")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon..");

	@ArchTest
	static final ArchRule onlyTheTerminalKnowsStandardStreams = noClasses().that()
		.resideOutsideOfPackage("io.s4db.cli.terminal")
		.should()
		.accessField(System.class, "in")
		.orShould()
		.accessField(System.class, "out")
		.orShould()
		.accessField(System.class, "err");

}
