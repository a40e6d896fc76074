package io.s4db.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.s4db.store.testing.S3TestServer;

/**
 * The engine and the reference, whose package a user has: both in processes of their own
 * that take turns, with the same data and the same S3 server.
 */
final class Reference {

	private static final String SCRIPT = "reference.py";

	private static final String NAME = "the reference";

	/** What is compared, and how many times faster than the reference it is to be. */
	static final Map<String, Integer> GOALS = goals();

	private Reference() {
	}

	private static Map<String, Integer> goals() {
		Map<String, Integer> goals = new LinkedHashMap<>();
		goals.put("batch-put", 35);
		goals.put("single-put", 1);
		goals.put("get", 15);
		goals.put("open", 12);
		goals.put("iterate", 20);
		goals.put("rebuild", 25);
		goals.put("compact", 12);
		return goals;
	}

	/** Fails where the command line asks for the reference and it cannot run. */
	static void check(Settings settings) throws IOException {
		if (settings.others().reference() != null) {
			try {
				Worker.start(NAME, command(settings, "check")).close();
			}
			catch (IllegalStateException ex) {
				throw new IllegalArgumentException("--reference " + settings.others().reference() + ", run by '"
						+ settings.others().python() + "': " + ex.getMessage(), ex);
			}
		}
	}

	private static List<String> command(Settings settings, String... arguments) throws IOException {
		Path script = settings.folder().resolve(SCRIPT);
		try (InputStream in = Objects.requireNonNull(Reference.class.getResourceAsStream(SCRIPT), SCRIPT)) {
			Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
		}
		List<String> command = new ArrayList<>(
				List.of(settings.others().python(), script.toString(), String.valueOf(settings.others().reference())));
		command.addAll(List.of(arguments));
		return command;
	}

	static void measure(Settings settings, Report report) throws Exception {
		if (settings.others().reference() == null) {
			return;
		}
		report.section("This build and the reference",
				"Batch put: " + settings.fewKeys() + " keys in batches of " + Databases.BATCH
						+ " into an empty database; everything else: of " + settings.keys()
						+ " keys, all files local. Nanoseconds a key, a call or a whole pass; median (least – most) of "
						+ settings.rounds() + " rounds in turns. Home of both is a bucket of the S3 server in this"
						+ " process. The reference gets its keys and values prepared.");
		report.table("work", "s4db", "the reference", "× s4db");
		Path data = settings.folder().resolve("reference-data");
		write(data, Math.max(settings.keys(), settings.fewKeys()));
		Path folder = settings.fresh("reference");
		try (S3TestServer server = new S3TestServer()) {
			for (String work : settings.others().wanted(List.copyOf(GOALS.keySet()))) {
				Contest contest = contest(settings, work, server, folder, data);
				double ratio = contest.ratio("s4db", NAME);
				report.row(work, contest.samples("s4db").text(), contest.samples(NAME).text(), Samples.digits(ratio));
				int goal = Objects.requireNonNull(GOALS.get(work));
				report.goal(work + ", beside the reference", "≥ " + goal + "×",
						contest.samples("s4db").medianText() + "; " + Report.times(ratio), ratio >= goal);
			}
		}
		Settings.delete(folder);
		Files.delete(data);
	}

	private static Contest contest(Settings settings, String work, S3TestServer server, Path folder, Path data)
			throws Exception {
		try (S3TestServer own = new S3TestServer();
				Worker engine = Baseline.engine(settings, null, work, "s4db", own);
				Worker reference = start(settings, work, server, folder, data)) {
			// One round is enough to warm up: nothing is compiled while it runs.
			return new Contest(settings).side("s4db", engine::nanos)
				.side(NAME, (round) -> (round < -1) ? 0 : reference.nanos(round))
				.run();
		}
	}

	/**
	 * The reference's process for a work; what one leaves in the folder the next one
	 * uses.
	 */
	static Worker start(Settings settings, String work, S3TestServer server, Path folder, Path data)
			throws IOException {
		return Worker.start(NAME,
				command(settings, work, server.endpoint().toString(), S3TestServer.BUCKET, S3TestServer.ACCESS_KEY,
						S3TestServer.SECRET_KEY, folder.toString(), data.toString(), String.valueOf(settings.keys()),
						String.valueOf(settings.fewKeys()), String.valueOf(settings.operations()),
						String.valueOf(Databases.BATCH)));
	}

	/** Keys and values one after the other: the data that the engine makes from ids. */
	static void write(Path file, int keys) throws IOException {
		try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
			for (int id = 0; id < keys; id++) {
				out.write(Data.key(id).getBytes(StandardCharsets.ISO_8859_1));
				out.write(Data.value(id).getBytes(StandardCharsets.ISO_8859_1));
			}
		}
	}

}
