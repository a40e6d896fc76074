package io.s4db.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.spring.S4DBTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * The whole application on a free port, with its data below a folder, as a user with
 * {@code curl} sees it.
 */
public final class RunningSample implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	private RunningSample(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** Starts it over the folder, with more properties such as {@code --a.b=c}. */
	public static RunningSample start(Path folder, String... properties) {
		List<String> args = new ArrayList<>(List.of("--server.port=0", "--sample.s3.folder=" + folder.resolve("s3"),
				"--s4db.local-dir=" + folder.resolve("local")));
		args.addAll(List.of(properties));
		return new RunningSample(
				new SpringApplicationBuilder(SampleApplication.class).run(args.toArray(String[]::new)));
	}

	/** Removes what a sample that ran over the folder has on local disk. */
	public static void deleteLocalDirectory(Path folder) throws IOException {
		if (!FileSystemUtils.deleteRecursively(folder.resolve("local"))) {
			throw new IllegalStateException("There was no local directory to delete");
		}
	}

	/** Host and port, as they stand in a URL. */
	public String authority() {
		return "127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port");
	}

	/** Those of Actuator, where it has a port of its own. */
	public String managementAuthority() {
		return "127.0.0.1:" + this.context.getEnvironment().getProperty("local.management.port");
	}

	public <T> Collection<T> beans(Class<T> type) {
		return this.context.getBeansOfType(type).values();
	}

	public HttpResponse<String> get(String path) {
		return send(request(path).GET());
	}

	/** The JSON of an answer that must be 200. */
	public JsonNode getJson(String path) {
		HttpResponse<String> response = get(path);
		if (response.statusCode() != 200) {
			throw new AssertionError(path + " answered " + response.statusCode() + ": " + response.body());
		}
		return JSON.readTree(response.body());
	}

	public HttpResponse<String> put(String path, String body) {
		return send(request(path).PUT(BodyPublishers.ofString(body)));
	}

	public HttpResponse<String> put(String path, byte[] body) {
		return send(request(path).PUT(BodyPublishers.ofByteArray(body)));
	}

	public HttpResponse<String> delete(String path) {
		return send(request(path).DELETE());
	}

	public HttpResponse<String> post(String path) {
		return send(request(path).POST(BodyPublishers.noBody()));
	}

	public HttpResponse<String> post(String path, String contentType, String body) {
		return post(path, contentType, BodyPublishers.ofString(body));
	}

	public HttpResponse<String> post(String path, String contentType, BodyPublisher body) {
		return send(request(path).header("Content-Type", contentType).POST(body));
	}

	/** Every entry of a prefix. */
	public Map<String, String> entries(String prefix) {
		Map<String, String> entries = new HashMap<>();
		try (EntryIterator<String> scan = template().scan(KeyRange.prefix(prefix))) {
			scan.forEachRemaining((entry) -> entries.put(entry.getKey(), entry.getValue()));
		}
		return entries;
	}

	public S4DBTemplate template() {
		return this.context.getBean(S4DBTemplate.class);
	}

	public HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://" + authority() + path));
	}

	@Override
	public void close() {
		this.context.close();
	}

}
