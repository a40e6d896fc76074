package io.s4db.benchmarks;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.store.testing.S3TestServer;
import org.jspecify.annotations.Nullable;

/**
 * This build's engine and another's: the same program with the one and with the other, in
 * processes of their own that take turns. What a change costs shows in the ratio.
 */
final class Baseline {

	/** Medians of one build beside itself differ by less than that. */
	private static final double NOISE = 1.1;

	private static final String BASELINE = "baseline";

	private static final String THIS = "this build";

	private Baseline() {
	}

	/** Fails where the command line asks for a comparison that cannot be made. */
	static void check(Settings settings) throws IOException {
		Path given = settings.others().baseline();
		if (given == null) {
			return;
		}
		URL url = classes(given).toUri().toURL();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { url }, null)) {
			if (loader.findResource(S4DB.class.getName().replace('.', '/') + ".class") == null) {
				throw new IllegalArgumentException("--baseline " + given
						+ " has no engine: name a clone that is compiled, or a JAR or folder of classes of its s4db-core");
			}
		}
	}

	private static Path classes(Path given) {
		Path ofClone = given.resolve("s4db-core/target/classes");
		return (Files.isDirectory(ofClone) ? ofClone : given).toAbsolutePath();
	}

	static void measure(Settings settings, Report report) throws Exception {
		Path given = settings.others().baseline();
		if (given == null) {
			return;
		}
		report.section("This build and the baseline",
				"The engine of `" + given.getFileName() + "` and that of this build, driven by the same program. "
						+ settings.others().forks() + " times a new pair of processes, warmed up, then "
						+ settings.rounds() + " rounds each in turns. Median (least – most) of all; the ratio above 1"
						+ " is what this build takes longer. Home is a bucket of the S3 server in this process.");
		report.table("work", "baseline", "this build", "× baseline");
		for (String work : settings.others().wanted(EngineWork.NAMES)) {
			Samples before = new Samples();
			Samples now = new Samples();
			for (int fork = 0; fork < settings.others().forks(); fork++) {
				Contest contest = contest(settings, given, work);
				before.addAll(contest.samples(BASELINE));
				now.addAll(contest.samples(THIS));
			}
			double ratio = now.median() / before.median();
			report.row(work, before.text(), now.text(), Samples.digits(ratio));
			report.goal(work + ", beside the baseline", String.format(Locale.ROOT, "≤ %.1f×", NOISE),
					now.medianText() + "; " + Report.times(ratio), ratio <= NOISE);
		}
	}

	private static Contest contest(Settings settings, Path baseline, String work) throws Exception {
		try (S3TestServer server = new S3TestServer();
				Worker before = engine(settings, classes(baseline), work, BASELINE, server);
				Worker now = engine(settings, null, work, THIS, server)) {
			return new Contest(settings).side(BASELINE, before::nanos).side(THIS, now::nanos).run();
		}
	}

	/**
	 * A process that does the engine's part of a work.
	 * @param engine the engine's classes; null for this build's
	 */
	static Worker engine(Settings settings, @Nullable Path engine, String work, String name, S3TestServer server)
			throws IOException {
		String side = name.replace(' ', '-');
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("-X") || argument.startsWith("--enable-native-access"))
			.forEach(command::add);
		command.addAll(List.of("-cp", classPath(engine), EngineWork.class.getName()));
		command.addAll(
				EngineWork.arguments(work, server.endpoint(), side + "/", settings.fresh("work-" + side), settings));
		return Worker.start(name, command);
	}

	/** This process's class path, with another engine instead of its own. */
	private static String classPath(@Nullable Path engine) {
		String own = System.getProperty("java.class.path");
		if (engine == null) {
			return own;
		}
		Path ownEngine = ownEngine();
		Stream<String> others = Arrays.stream(own.split(File.pathSeparator))
			.filter((element) -> !Path.of(element).toAbsolutePath().normalize().equals(ownEngine));
		return Stream.concat(Stream.of(engine.toString()), others).collect(Collectors.joining(File.pathSeparator));
	}

	private static Path ownEngine() {
		try {
			return Path.of(S4DB.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
