package io.s4db.spring.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.util.MimeType;

/**
 * The endpoint {@code s4db-console}: a page, its style and script, and what the script
 * asks for. It has no access by default: whoever has it reads every value.
 */
@WebEndpoint(id = "s4dbConsole", defaultAccess = Access.NONE)
public class S4DBConsoleEndpoint {

	static final EndpointId ID = EndpointId.of("s4dbConsole");

	static final String PATH = "s4db-console";

	private static final String HTML = "text/html;charset=UTF-8";

	private static final String STYLE = "text/css;charset=UTF-8";

	private static final String SCRIPT = "text/javascript;charset=UTF-8";

	private static final String NDJSON = "application/x-ndjson";

	private static final String CSV = "text/csv";

	/** What is served beside the page, by name. */
	private static final Map<String, String> FILES = Map.of("console.css", STYLE, "console.js", SCRIPT);

	private final ConsolePath path;

	private final ManagedDatabases databases;

	private final Views views;

	private final Changes changes;

	S4DBConsoleEndpoint(ManagedDatabases databases, S4DBEndpoint endpoint, ConsolePath path, Permission permission) {
		this.path = path;
		this.databases = databases;
		this.views = new Views(databases, endpoint, permission);
		this.changes = new Changes(databases, endpoint, permission);
	}

	/** The page. */
	@ReadOperation(produces = HTML)
	public WebEndpointResponse<String> page() throws IOException {
		String page = file("console.html").getContentAsString(StandardCharsets.UTF_8);
		return new WebEndpointResponse<>(page.replace("{console}", this.path.lastSegment()), MimeType.valueOf(HTML));
	}

	/** The page's style or script. */
	@ReadOperation(produces = { STYLE, SCRIPT })
	public @Nullable WebEndpointResponse<Resource> asset(@Selector String folder, @Selector String name) {
		String type = FILES.get(name);
		return (folder.equals("static") && type != null) ? new WebEndpointResponse<>(file(name), MimeType.valueOf(type))
				: null;
	}

	/**
	 * What the page shows.
	 * @param view {@code databases}, {@code keys}, {@code value}, {@code commits} or
	 * {@code commit}
	 * @param database of which database, where it is not of all
	 * @param prefix what the keys begin with
	 * @param after after which key the page of keys begins
	 * @param limit how many keys, or commits, there are on it at most
	 * @param key the value's key
	 * @param seq the commit's sequence number
	 * @param file where that is not known any more, the number of its data file
	 */
	@ReadOperation
	public @Nullable WebEndpointResponse<Object> view(@Selector String view, @Nullable String database,
			@Nullable String prefix, @Nullable String after, @Nullable Integer limit, @Nullable String key,
			@Nullable Long seq, @Nullable Long file) {
		return Answers.of(named(database), () -> switch (view) {
			case "databases" -> this.views.databases();
			case "keys" -> this.views.keys(database, prefix, after, limit);
			case "value" -> this.views.value(database, key);
			case "commits" -> this.views.commits(database, limit);
			case "commit" -> this.views.commit(database, seq, file);
			default -> null;
		});
	}

	/**
	 * Entries as a file, whose ending says in which format.
	 * @param what {@code export}
	 * @param database of which database
	 * @param file the file's name, with the ending {@code .ndjson} or {@code .csv}
	 * @param prefix what the keys begin with
	 */
	@ReadOperation(produces = { NDJSON, CSV })
	public @Nullable WebEndpointResponse<Resource> export(@Selector String what, @Selector String database,
			@Selector String file, @Nullable String prefix) {
		ExportFormat format = ExportFormat.of(file);
		ManagedDatabase named = named(database);
		if (!what.equals("export") || format == null || named == null) {
			return null;
		}
		// Opened when it is read, so that whoever goes away before that leaves nothing.
		return new WebEndpointResponse<>(
				new InputStreamResource(() -> new EntryStream(Views.entries(named.database(), prefix), format), file),
				MimeType.valueOf(format.type()));
	}

	/**
	 * Changes something, where that is allowed.
	 * @param change {@code put}, {@code delete}, {@code import} or {@code perform}
	 * @param database of which database
	 * @param key the key to put or delete
	 * @param value the value to put
	 * @param encoding {@code text} (the default) or {@code hex}
	 * @param pairs the entries to import, as {@link Changes#importPairs} has them
	 * @param action the action to perform; {@code cancel} ends the one that runs
	 */
	@WriteOperation
	public @Nullable WebEndpointResponse<Object> change(@Selector String change, @Nullable String database,
			@Nullable String key, @Nullable String value, @Nullable String encoding, @Nullable String pairs,
			@Nullable String action) {
		return Answers.of(named(database), () -> switch (change) {
			case "put" -> this.changes.put(database, key, value, encoding);
			case "delete" -> this.changes.delete(database, key);
			case "import" -> this.changes.importPairs(database, pairs);
			case "perform" -> this.changes.perform(database, action);
			default -> null;
		});
	}

	private @Nullable ManagedDatabase named(@Nullable String database) {
		return (database != null) ? this.databases.get(database) : null;
	}

	private static Resource file(String name) {
		return new ClassPathResource(name, S4DBConsoleEndpoint.class);
	}

}
