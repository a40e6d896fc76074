package io.s4db.spring.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.s4db.spring.actuate.S4DBEndpoint;
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

	private static final String CSS = "text/css;charset=UTF-8";

	private static final String SCRIPT = "text/javascript;charset=UTF-8";

	/** What is served beside the page, by name. */
	private static final Map<String, String> FILES = Map.of("console.css", CSS, "console.js", SCRIPT);

	private final ConsolePath path;

	private final Views views;

	private final Changes changes;

	S4DBConsoleEndpoint(ManagedDatabases databases, S4DBEndpoint endpoint, ConsolePath path, Permission permission) {
		this.path = path;
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
	@ReadOperation(produces = { CSS, SCRIPT })
	public @Nullable WebEndpointResponse<Resource> asset(@Selector String folder, @Selector String name) {
		String type = FILES.get(name);
		return (folder.equals("static") && type != null) ? new WebEndpointResponse<>(file(name), MimeType.valueOf(type))
				: null;
	}

	/**
	 * What the page shows.
	 * @param view {@code databases}, {@code keys} or {@code value}
	 * @param database of which database, where it is not of all
	 * @param prefix what the keys begin with
	 * @param after after which key the page of keys begins
	 * @param limit how many keys there are on it at most
	 * @param key the value's key
	 */
	@ReadOperation
	public @Nullable WebEndpointResponse<Object> view(@Selector String view, @Nullable String database,
			@Nullable String prefix, @Nullable String after, @Nullable Integer limit, @Nullable String key) {
		return Answers.of(() -> switch (view) {
			case "databases" -> this.views.databases();
			case "keys" -> this.views.keys(database, prefix, after, limit);
			case "value" -> this.views.value(database, key);
			default -> null;
		});
	}

	/**
	 * Changes something, where that is allowed.
	 * @param change {@code put}, {@code delete} or {@code perform}
	 * @param database of which database
	 * @param key the key to put or delete
	 * @param value the value to put
	 * @param encoding {@code text} (the default) or {@code hex}
	 * @param action the action to perform
	 */
	@WriteOperation
	public @Nullable WebEndpointResponse<Object> change(@Selector String change, @Nullable String database,
			@Nullable String key, @Nullable String value, @Nullable String encoding, @Nullable String action) {
		return Answers.of(() -> switch (change) {
			case "put" -> this.changes.put(database, key, value, encoding);
			case "delete" -> this.changes.delete(database, key);
			case "perform" -> this.changes.perform(database, action);
			default -> null;
		});
	}

	private static Resource file(String name) {
		return new ClassPathResource(name, S4DBConsoleEndpoint.class);
	}

}
