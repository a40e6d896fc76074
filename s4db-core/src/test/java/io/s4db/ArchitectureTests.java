package io.s4db;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The shape of the engine: which package may use which, and where time, threads and
 * randomness come from.
 */
@AnalyzeClasses(packages = "io.s4db", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule packagesHaveNoCycle = slices().matching("io.s4db.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule arrowsPointDown = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("engine")
		.definedBy("io.s4db.engine..")
		.layer("local")
		.definedBy("io.s4db.local")
		.layer("index")
		.definedBy("io.s4db.index")
		.layer("format")
		.definedBy("io.s4db.format")
		.layer("store")
		.definedBy("io.s4db.store..")
		.layer("vocabulary")
		.definedBy("io.s4db")
		.whereLayer("engine")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("local")
		.mayOnlyBeAccessedByLayers("engine")
		.whereLayer("index")
		.mayOnlyBeAccessedByLayers("engine")
		.whereLayer("format")
		.mayOnlyBeAccessedByLayers("engine", "local")
		.whereLayer("store")
		.mayOnlyBeAccessedByLayers("engine");

	@ArchTest
	static final ArchRule roomsHaveNoCycle = slices().matching("io.s4db.engine.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule roomsUseThoseBelow = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("engine")
		.definedBy("io.s4db.engine")
		.layer("upkeep")
		.definedBy("io.s4db.engine.upkeep")
		.layer("compact")
		.definedBy("io.s4db.engine.compact")
		.layer("commit")
		.definedBy("io.s4db.engine.commit")
		.layer("follow")
		.definedBy("io.s4db.engine.follow")
		.layer("read")
		.definedBy("io.s4db.engine.read")
		.layer("write")
		.definedBy("io.s4db.engine.write")
		.layer("state")
		.definedBy("io.s4db.engine.state")
		.layer("listen")
		.definedBy("io.s4db.engine.listen")
		.whereLayer("engine")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("upkeep")
		.mayOnlyBeAccessedByLayers("engine")
		.whereLayer("compact")
		.mayOnlyBeAccessedByLayers("engine", "upkeep")
		.whereLayer("commit")
		.mayOnlyBeAccessedByLayers("engine", "upkeep", "compact")
		.whereLayer("follow")
		.mayOnlyBeAccessedByLayers("engine", "upkeep", "compact", "commit")
		.whereLayer("read")
		.mayOnlyBeAccessedByLayers("engine", "upkeep", "compact", "commit", "follow")
		.whereLayer("write")
		.mayOnlyBeAccessedByLayers("engine", "upkeep", "compact", "commit", "follow", "read")
		.whereLayer("state")
		.mayOnlyBeAccessedByLayers("engine", "upkeep", "compact", "commit", "follow", "read", "write");

	@ArchTest
	static final ArchRule storesDoNotKnowEachOther = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("s3")
		.definedBy("io.s4db.store.s3")
		.layer("directory")
		.definedBy("io.s4db.store.directory")
		.layer("memory")
		.definedBy("io.s4db.store.memory")
		.layer("support")
		.definedBy("io.s4db.store.support")
		.layer("contract")
		.definedBy("io.s4db.store")
		.whereLayer("s3")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("directory")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("memory")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("contract")
		.mayNotAccessAnyLayer();

	@ArchTest
	static final ArchRule eachStoreShowsItselfAndItsSettings = classes().that()
		.resideInAnyPackage("io.s4db.store.s3", "io.s4db.store.directory", "io.s4db.store.memory")
		.and()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should()
		.haveSimpleNameEndingWith("ObjectStore")
		.orShould()
		.haveSimpleNameEndingWith("ObjectSettings");

	@ArchTest
	static final ArchRule formatsDoNoFileOrNetworkAccess = noClasses().that()
		.resideInAPackage("io.s4db.format")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..", "software.amazon..");

	@ArchTest
	static final ArchRule onlyTheS3StoreKnowsTheSdk = noClasses().that()
		.resideOutsideOfPackage("io.s4db.store.s3")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon..");

	@ArchTest
	static final ArchRule timeIsHandedIn = noClasses().that()
		.resideInAnyPackage("io.s4db.engine..", "io.s4db.local", "io.s4db.index", "io.s4db.format")
		.should()
		.callMethod(System.class, "currentTimeMillis")
		.orShould()
		.callMethod(Instant.class, "now")
		.orShould()
		.callMethod(LocalDateTime.class, "now")
		.orShould()
		.callMethod(Clock.class, "systemUTC")
		.orShould()
		.callMethod(Thread.class, "sleep", long.class);

	@ArchTest
	static final ArchRule identitiesAreHandedIn = noClasses().that()
		.resideInAnyPackage("io.s4db.engine..", "io.s4db.local", "io.s4db.index", "io.s4db.format")
		.should()
		.callMethod(UUID.class, "randomUUID")
		.orShould()
		.dependOnClassesThat()
		.areAssignableTo(Random.class);

	@ArchTest
	static final ArchRule threadsAreMadeInOnePlace = noClasses().that()
		.resideInAPackage("io.s4db.engine..")
		.and()
		.doNotHaveSimpleName("IoPool")
		.should()
		.callConstructor(Thread.class)
		.orShould()
		.callConstructor(Thread.class, Runnable.class);

	/** {@code BackOff} waits a while with one that nobody else sees. */
	@ArchTest
	static final ArchRule locksHaveARank = noClasses().that()
		.resideInAPackage("io.s4db.engine..")
		.and()
		.doNotHaveSimpleName("BackOff")
		.and()
		.haveNameNotMatching(".*\\.Locks(\\$.*)?")
		.should()
		.callConstructor(ReentrantLock.class)
		.orShould()
		.callConstructor(ReentrantReadWriteLock.class);

	@ArchTest
	static final ArchRule theEngineShowsTwoClasses = classes().that()
		.resideInAPackage("io.s4db.engine")
		.and()
		.arePublic()
		.should()
		.haveNameMatching(".*\\.(S4DBEngine|CommitWatch)");

}
