package io.s4db.store.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * A small S3 server in this process, on loopback, path-style: objects, lists, ranges,
 * uploads in parts, conditions that are checked in one step with their put; and faults on
 * demand. Thread-safe.
 */
public final class S3TestServer implements AutoCloseable {

	/** A bucket that is there from the start. */
	public static final String BUCKET = "bucket";

	/** The only access key that is let in. */
	public static final String ACCESS_KEY = "test-access-key";

	/** Goes with the access key; signatures are not checked. */
	public static final String SECRET_KEY = "test-secret-key";

	static {
		// or small answers wait 40 ms for an acknowledgement
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private final Set<S3Quirk> quirks = ConcurrentHashMap.newKeySet();

	private final List<S3Request> log = Collections.synchronizedList(new ArrayList<>());

	private final List<Injection> injections = new CopyOnWriteArrayList<>();

	private final List<S3Client> clients = new CopyOnWriteArrayList<>();

	private final S3Buckets buckets;

	private final S3Service service;

	private final HttpServer server;

	private final ExecutorService executor;

	private final S3Client client;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private volatile Duration latency = Duration.ZERO;

	/** Starts a server whose objects are in memory. */
	public S3TestServer() {
		this(null, 0);
	}

	/**
	 * Starts a server.
	 * @param folder where objects are kept, too, to be there again for the next server;
	 * null for nowhere
	 * @param port the port; 0 for a free one
	 */
	public S3TestServer(@Nullable Path folder, int port) {
		this.buckets = new S3Buckets(folder);
		this.buckets.create(BUCKET);
		this.service = new S3Service(this.buckets, this.quirks);
		this.executor = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "s3-test-server");
			thread.setDaemon(true);
			return thread;
		});
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.executor);
		this.server.createContext("/", this::handle);
		this.server.start();
		this.client = newClient();
	}

	/** Where it listens. */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	/** A client of this server, closed with it. */
	public S3Client client() {
		return this.client;
	}

	/** Another client of this server, closed with it. */
	public S3Client newClient() {
		S3Client newClient = clientBuilder().build();
		this.clients.add(newClient);
		return newClient;
	}

	/** For clients of this server that differ in something. */
	public S3ClientBuilder clientBuilder() {
		return clientBuilder(endpoint());
	}

	/** For clients of a server elsewhere, with the same configuration. */
	public static S3ClientBuilder clientBuilder(URI endpoint) {
		BackoffStrategy backoff = BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(5));
		return S3Client.builder()
			.endpointOverride(endpoint)
			.forcePathStyle(true)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
			.overrideConfiguration((configuration) -> configuration.retryStrategy(StandardRetryStrategy.builder()
				.maxAttempts(3)
				.backoffStrategy(backoff)
				.throttlingBackoffStrategy(backoff)
				.circuitBreakerEnabled(false)
				.build()));
	}

	/** Makes a bucket. */
	public void createBucket(String bucket) {
		this.buckets.create(bucket);
	}

	/** From now on the server is like that. */
	public S3TestServer with(S3Quirk... more) {
		this.quirks.addAll(List.of(more));
		return this;
	}

	/** From now on the server is not like that. */
	public S3TestServer without(S3Quirk... fewer) {
		this.quirks.removeAll(List.of(fewer));
		return this;
	}

	/** The next request has that fault. */
	public void failNext(S3Fault fault) {
		fail(fault, 1, (request) -> true);
	}

	/**
	 * Some requests have a fault.
	 * @param times how many
	 * @param which which ones
	 */
	public void fail(S3Fault fault, int times, Predicate<S3Request> which) {
		this.injections.add(new Injection(fault, times, which));
	}

	/** No more faults. */
	public void clearFaults() {
		this.injections.clear();
	}

	/** How long every answer is held back. */
	public void setLatency(Duration latency) {
		this.latency = latency;
	}

	/** The requests received since the log was cleared, in the order of their arrival. */
	public List<S3Request> requests() {
		synchronized (this.log) {
			return List.copyOf(this.log);
		}
	}

	/** How many requests of a kind were received since the log was cleared. */
	public long count(S3Request.Kind kind) {
		return requests().stream().filter((request) -> request.kind() == kind).count();
	}

	/** Forgets the requests received so far. */
	public void clearLog() {
		this.log.clear();
	}

	/** How many uploads in parts were neither completed nor aborted. */
	public int openUploads() {
		return this.service.openUploads();
	}

	@Override
	public void close() {
		this.stopped.countDown();
		this.clients.forEach(S3Client::close);
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			S3Request request = parse(exchange);
			this.log.add(request);
			S3Fault fault = this.quirks.contains(S3Quirk.IS_DOWN) ? S3Fault.LOST_REQUEST : nextFault(request);
			pause();
			if (fault == S3Fault.LOST_REQUEST) {
				return;
			}
			if (fault == S3Fault.STALLED) {
				awaitStop();
				return;
			}
			S3Answer answer = answer(exchange, request, fault);
			if (fault != S3Fault.LOST_ANSWER) {
				send(exchange, answer, fault);
			}
		}
	}

	private S3Answer answer(HttpExchange exchange, S3Request request, @Nullable S3Fault fault) throws IOException {
		try {
			boolean part = request.query().containsKey("partNumber");
			byte[] body = (this.quirks.contains(S3Quirk.KEEPS_CHUNKED_FRAMING)
					|| (part && this.quirks.contains(S3Quirk.KEEPS_CHUNKED_FRAMING_OF_PARTS)))
							? exchange.getRequestBody().readAllBytes()
							: AwsChunked.read(exchange.getRequestBody(), request.headers());
			requireNoFault(fault);
			return this.service.answer(request, body);
		}
		catch (S3Error ex) {
			return S3Answer.xml(ex.status(), ex.xml());
		}
		catch (RuntimeException ex) {
			ex.printStackTrace();
			return S3Answer.xml(500, new S3Error(500, "InternalError", ex.toString()).xml());
		}
	}

	private static void requireNoFault(@Nullable S3Fault fault) throws S3Error {
		if (fault == null) {
			return;
		}
		switch (fault) {
			case UNAVAILABLE, CUT_UNAVAILABLE -> throw new S3Error(503, "SlowDown", "Please reduce your request rate.");
			case THROTTLED -> throw new S3Error(429, "TooManyRequests", "Please reduce your request rate.");
			case CUT_INTERNAL_ERROR -> throw new S3Error(500, "InternalError", "We encountered an internal error.");
			case CONFLICT, CUT_CONFLICT ->
				throw new S3Error(409, "ConditionalRequestConflict", "Another request is under way.");
			case FORBIDDEN -> throw new S3Error(403, "AccessDenied", "Access Denied");
			case FOREIGN_NOT_FOUND -> throw new S3Error(404, "", "Not the page you are looking for");
			default -> {
				// happens to the connection
			}
		}
	}

	private void pause() {
		try {
			Thread.sleep(this.latency.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void awaitStop() {
		try {
			this.stopped.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** How much of an answer's body is sent. */
	private static int sent(S3Answer answer, @Nullable S3Fault fault) {
		int length = answer.body().length;
		return (fault == null) ? length : switch (fault) {
			case CUT_BODY, STALLED_BODY -> length / 2;
			case CUT_INTERNAL_ERROR, CUT_UNAVAILABLE, CUT_CONFLICT, NO_BODY -> 0;
			default -> length;
		};
	}

	private void send(HttpExchange exchange, S3Answer answer, @Nullable S3Fault fault) throws IOException {
		answer.headers().forEach(exchange.getResponseHeaders()::set);
		exchange.getResponseHeaders().set("x-amz-request-id", "test");
		boolean head = exchange.getRequestMethod().equals("HEAD");
		if (head) {
			exchange.getResponseHeaders().set("Content-Length", String.valueOf(answer.contentLength()));
		}
		byte[] body = answer.body();
		exchange.sendResponseHeaders(answer.status(), (head || body.length == 0) ? -1 : body.length);
		if (!head) {
			int length = sent(answer, fault);
			exchange.getResponseBody().write(body, 0, length);
			if (length < body.length) {
				// or whether that much goes out depends on the JDK
				exchange.getResponseBody().flush();
			}
			else {
				exchange.getResponseBody().close();
			}
			if (fault == S3Fault.STALLED_BODY) {
				awaitStop();
			}
		}
	}

	private @Nullable S3Fault nextFault(S3Request request) {
		for (Injection injection : this.injections) {
			S3Fault fault = injection.take(request);
			if (fault != null) {
				return fault;
			}
		}
		return null;
	}

	private static S3Request parse(HttpExchange exchange) {
		String[] path = exchange.getRequestURI().getRawPath().substring(1).split("/", 2);
		Map<String, String> query = new TreeMap<>();
		String rawQuery = exchange.getRequestURI().getRawQuery();
		for (String parameter : (rawQuery != null) ? rawQuery.split("&") : new String[0]) {
			String[] parts = parameter.split("=", 2);
			query.put(decode(parts[0]), (parts.length > 1) ? decode(parts[1]) : "");
		}
		Map<String, String> headers = new TreeMap<>();
		exchange.getRequestHeaders()
			.forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
		String key = (path.length > 1) ? decode(path[1]) : "";
		return new S3Request(kind(exchange.getRequestMethod(), key), exchange.getRequestMethod(), decode(path[0]), key,
				query, headers);
	}

	private static S3Request.Kind kind(String method, String key) {
		return switch (method) {
			case "GET" -> key.isEmpty() ? S3Request.Kind.LIST : S3Request.Kind.GET;
			case "HEAD" -> S3Request.Kind.HEAD;
			case "DELETE" -> S3Request.Kind.DELETE;
			default -> S3Request.Kind.PUT;
		};
	}

	private static String decode(String encoded) {
		return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	/** A fault for some requests. */
	private static final class Injection {

		private final S3Fault fault;

		private final Predicate<S3Request> which;

		private final AtomicInteger left;

		Injection(S3Fault fault, int times, Predicate<S3Request> which) {
			this.fault = fault;
			this.left = new AtomicInteger(times);
			this.which = which;
		}

		@Nullable S3Fault take(S3Request request) {
			return (this.which.test(request) && this.left.getAndUpdate((n) -> Math.max(0, n - 1)) > 0) ? this.fault
					: null;
		}

	}

}
