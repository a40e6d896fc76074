package io.s4db.spring.console;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One page in a headless Chromium, spoken to by its own protocol: nothing needs to be
 * there beside the browser.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Process process;

	private final WebSocket socket;

	private final AtomicInteger id = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

	private final List<String> complaints = new CopyOnWriteArrayList<>();

	private @Nullable String session;

	private Browser(Process process, URI address) throws Exception {
		this.process = process;
		this.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(address, new Messages())
			.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	/** Where one is installed; null if none is. */
	static @Nullable Path installed() {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.flatMap((folder) -> Stream.of("chromium", "chromium-browser", "google-chrome")
				.map((name) -> Path.of(folder, name)))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	/** Starts one with an empty page. */
	static Browser start(Path program, Path profile) throws Exception {
		Process process = new ProcessBuilder(program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
				"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
				"--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			Browser browser = new Browser(process, address(process));
			browser.attach();
			return browser;
		}
		catch (Exception ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	private static URI address(Process process) throws IOException {
		BufferedReader words = process.errorReader();
		for (String line = words.readLine(); line != null; line = words.readLine()) {
			if (line.startsWith("DevTools listening on ")) {
				CompletableFuture.runAsync(() -> words.lines().forEach((rest) -> {
				}));
				return URI.create(line.substring(line.indexOf("ws://")));
			}
		}
		throw new IOException("The browser ended without saying where it listens");
	}

	private void attach() {
		String target = send("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
		this.session = send("Target.attachToTarget", Map.of("targetId", target, "flatten", true)).get("sessionId")
			.asString();
		Stream.of("Page.enable", "Runtime.enable", "Log.enable").forEach((domain) -> send(domain, Map.of()));
	}

	/** Opens an address, and waits for something to be true there. */
	void open(URI address, String condition) {
		send("Page.navigate", Map.of("url", address.toString()));
		waitFor(condition);
	}

	void size(int width, int height) {
		send("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
	}

	void prefer(String scheme) {
		send("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	/** The value of an expression of JavaScript, or of the promise that it gives. */
	JsonNode evaluate(String expression) {
		JsonNode answer = send("Runtime.evaluate",
				Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
		if (answer.has("exceptionDetails")) {
			throw new IllegalStateException(answer.get("exceptionDetails").toString());
		}
		return answer.at("/result/value");
	}

	/**
	 * Waits until an expression is true, which the page itself tells as soon as it is.
	 */
	void waitFor(String condition) {
		JsonNode came = evaluate("""
				new Promise((resolve) => {
					const end = Date.now() + %d;
					const look = () => {
						let came = false;
						try { came = Boolean(%s); } catch { }
						if (came || Date.now() > end) { resolve(came); } else { setTimeout(look, 20); }
					};
					look();
				})""".formatted(PATIENCE.toMillis() / 2, condition));
		if (!came.asBoolean()) {
			throw new AssertionError("Never came true: " + condition + "\n"
					+ evaluate("document.body.innerText").asString() + "\n" + this.complaints);
		}
	}

	/** Presses a key, as a hand would. */
	void press(String key, int code) {
		Map<String, Object> down = new LinkedHashMap<>(
				Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code));
		if (key.equals("Enter")) {
			down.put("text", "\r");
		}
		send("Input.dispatchKeyEvent", down);
		send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
	}

	/** Types into what has the focus. */
	void type(String text) {
		send("Input.insertText", Map.of("text", text));
	}

	/** A picture of the whole page. */
	void picture(Path file) throws IOException {
		String data = send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true)).get("data")
			.asString();
		Files.createDirectories(Objects.requireNonNull(file.getParent()));
		Files.write(file, Base64.getDecoder().decode(data));
	}

	/** What the browser complained about: errors, and what the policy kept away. */
	List<String> complaints() {
		return List.copyOf(this.complaints);
	}

	private JsonNode send(String method, Map<String, Object> parameters) {
		int number = this.id.incrementAndGet();
		Map<String, Object> message = new LinkedHashMap<>(Map.of("id", number, "method", method, "params", parameters));
		if (this.session != null) {
			message.put("sessionId", this.session);
		}
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.answers.put(number, answer);
		this.socket.sendText(JsonMapper.shared().writeValueAsString(message), true).join();
		JsonNode received = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		if (received.has("error")) {
			throw new IllegalStateException(method + ": " + received.get("error"));
		}
		return received.get("result");
	}

	@Override
	public void close() throws InterruptedException {
		this.socket.abort();
		this.process.destroy();
		if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
			this.process.destroyForcibly().waitFor();
		}
	}

	private final class Messages implements WebSocket.Listener {

		private final StringBuilder message = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
			this.message.append(part);
			if (last) {
				JsonNode whole = JsonMapper.shared().readTree(this.message.toString());
				this.message.setLength(0);
				received(whole);
			}
			from.request(1);
			return null;
		}

		private void received(JsonNode message) {
			CompletableFuture<JsonNode> answer = message.has("id")
					? Browser.this.answers.remove(message.get("id").asInt()) : null;
			if (answer != null) {
				answer.complete(message);
			}
			String event = message.path("method").asString("");
			if (event.equals("Runtime.exceptionThrown") || (event.equals("Log.entryAdded")
					&& message.at("/params/entry/level").asString().equals("error"))) {
				Browser.this.complaints.add(message.get("params").toString());
			}
		}

	}

}
