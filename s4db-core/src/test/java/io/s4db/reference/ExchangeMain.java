package io.s4db.reference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.s4db.CheckpointPolicy;
import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine for another program, to hold it against the original of the reference: reads
 * one JSON object a line from standard input, does what its {@code op} says, and answers
 * with one line each, {@code {"result": …}} or {@code {"error": …}}.
 *
 * <pre>
 * {"op": "open", "folder": "…", "localDir": "…", "maxFileSize": 2048, "hours": 3, "rebuild": false}
 * {"op": "put", "entries": {"k": "v"}}    {"op": "delete", "keys": ["k"]}    {"op": "get", "key": "k"}
 * {"op": "dump"}  {"op": "keys"}  {"op": "upload"}  {"op": "download"}  {"op": "compact"}
 * {"op": "compact-partial"}  {"op": "rebuild"}  {"op": "verify"}  {"op": "checkpoint"}  {"op": "close"}
 * </pre>
 */
public final class ExchangeMain {

	private final JsonMapper json = new JsonMapper();

	private @Nullable ObjectStore store;

	private @Nullable S4DB database;

	private ExchangeMain() {
	}

	public static void main(String[] args) throws IOException {
		ExchangeMain main = new ExchangeMain();
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			out.println(main.answer(line));
		}
	}

	private String answer(String line) {
		Map<String, Object> answer = new HashMap<>();
		try {
			answer.put("result", execute(this.json.readTree(line)));
		}
		catch (RuntimeException ex) {
			answer.put("error", ex.toString());
		}
		return this.json.writeValueAsString(answer);
	}

	private @Nullable Object execute(JsonNode command) {
		String op = command.get("op").asString();
		if (op.equals("open")) {
			open(command);
			return null;
		}
		S4DB database = this.database;
		if (database == null) {
			throw new IllegalStateException("Not open");
		}
		return switch (op) {
			case "put" -> {
				Map<String, String> entries = new LinkedHashMap<>();
				command.get("entries")
					.properties()
					.forEach((entry) -> entries.put(entry.getKey(), entry.getValue().asString()));
				database.put(entries);
				yield null;
			}
			case "delete" -> database.delete(strings(command.get("keys")));
			case "get" -> database.get(command.get("key").asString());
			case "dump" -> dump(database);
			case "keys" -> new TreeSet<>(database.keys());
			case "upload" -> database.upload();
			case "download" -> database.download();
			case "compact" -> database.compact();
			case "compact-partial" -> database.compact(CompactionPolicy.partial(0.3));
			case "rebuild" -> database.rebuildIndex().findings().toString();
			case "verify" -> database.verify().findings().toString();
			case "checkpoint" -> {
				database.checkpoint();
				yield null;
			}
			case "close" -> {
				close(database);
				yield null;
			}
			default -> throw new IllegalArgumentException("No such operation: " + op);
		};
	}

	private void open(JsonNode command) {
		S4DBOptions options = S4DBOptions.builder()
			.localDir(command.path("localDir").isString() ? Path.of(command.get("localDir").asString()) : null)
			.maxFileSize(command.path("maxFileSize").asLong(64L << 20))
			.checkpoint(CheckpointPolicy.ALWAYS)
			.clock(Clock.offset(Clock.systemUTC(), Duration.ofHours(command.path("hours").asLong(0))))
			.build();
		ObjectStore store = new DirectoryObjectStore(Path.of(command.get("folder").asString()));
		this.store = store;
		this.database = command.path("rebuild").asBoolean(false) ? S4DBEngine.rebuild(store, options)
				: S4DBEngine.open(store, options);
	}

	private void close(S4DB database) {
		this.database = null;
		try {
			database.close();
		}
		finally {
			if (this.store != null) {
				this.store.close();
			}
		}
	}

	private static Map<String, String> dump(S4DB database) {
		Map<String, String> pairs = new HashMap<>();
		try (EntryIterator<String> entries = database.iterate(IterationMode.REMOTE)) {
			entries.forEachRemaining((pair) -> pairs.put(pair.getKey(), pair.getValue()));
		}
		return pairs;
	}

	private static List<String> strings(JsonNode array) {
		return array.valueStream().map(JsonNode::asString).toList();
	}

}
