package io.s4db.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.s4db.cli.command.BaseCommand;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Io;
import picocli.CommandLine.Command;

/**
 * Loads the classes that commands need, for the archive of them that the script makes:
 * runs some on a folder, and on a bucket that is this process.
 */
@Command(name = "warm-up", hidden = true, header = "Loads classes, for the script that keeps them.")
final class WarmUpCommand extends BaseCommand {

	@Override
	protected int run() throws IOException {
		Path folder = temporaryDirectory();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		System.setProperty("aws.accessKeyId", "warm-up");
		System.setProperty("aws.secretAccessKey", "warm-up");
		try {
			server.createContext("/bucket", (exchange) -> answer(exchange, folder));
			server.start();
			String place = folder.toString();
			quietly("put", place, "key", "value");
			commands(place);
			String address = "://127.0.0.1:" + server.getAddress().getPort();
			commands("s3://bucket/", "--region", "us-east-1", "--endpoint", "http" + address);
			// Nobody answers so: what TLS takes is read all the same.
			quietly("info", "s3://bucket/", "--region", "us-east-1", "--endpoint", "https" + address);
			quietly("help");
			return ExitCode.OK;
		}
		finally {
			server.stop(0);
			deleteRecursively(folder);
		}
	}

	private static void commands(String place, String... options) {
		for (List<String> command : List.of(List.of("info", place), List.of("stats", place), List.of("log", place),
				List.of("files", place), List.of("get", place, "key"), List.of("get", place, "key", "--json"),
				List.of("getall", place, "key"), List.of("keys", place), List.of("scan", place))) {
			quietly(Stream.concat(command.stream(), Arrays.stream(options)).toArray(String[]::new));
		}
	}

	private static void quietly(String... arguments) {
		PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
		Main.run(new Io(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), nowhere, ""), arguments);
	}

	/** What S3 says of the objects of a folder: no more than the commands ask. */
	private static void answer(HttpExchange exchange, Path folder) throws IOException {
		try (exchange) {
			String name = exchange.getRequestURI().getPath().replaceFirst("^/bucket/?", "");
			if (name.isEmpty()) {
				send(exchange, 200, list(folder).getBytes(StandardCharsets.UTF_8));
				return;
			}
			Path file = folder.resolve(name);
			if (!Files.isRegularFile(file)) {
				send(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8));
				return;
			}
			byte[] bytes = Files.readAllBytes(file);
			exchange.getResponseHeaders().set("ETag", "\"" + bytes.length + "\"");
			exchange.getResponseHeaders().set("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT");
			String range = exchange.getRequestHeaders().getFirst("Range");
			if (range == null) {
				send(exchange, 200, bytes);
				return;
			}
			String[] limits = range.replace("bytes=", "").split("-", -1);
			int from = limits[0].isEmpty() ? Math.max(0, bytes.length - Integer.parseInt(limits[1]))
					: Integer.parseInt(limits[0]);
			int last = (limits[0].isEmpty() || limits[1].isEmpty()) ? bytes.length - 1
					: (int) Math.min(bytes.length - 1L, Long.parseLong(limits[1]));
			exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + last + "/" + bytes.length);
			send(exchange, 206, Arrays.copyOfRange(bytes, from, last + 1));
		}
	}

	private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
		boolean head = exchange.getRequestMethod().equals("HEAD");
		exchange.sendResponseHeaders(status, (head || body.length == 0) ? -1 : body.length);
		if (!head) {
			exchange.getResponseBody().write(body);
		}
	}

	private static String list(Path folder) throws IOException {
		StringBuilder xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
		try (Stream<Path> files = Files.list(folder)) {
			for (Path file : files.filter((one) -> !one.getFileName().toString().startsWith(".")).toList()) {
				xml.append("<Contents><Key>")
					.append(file.getFileName())
					.append("</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><ETag>\"1\"</ETag><Size>")
					.append(Files.size(file))
					.append("</Size></Contents>");
			}
		}
		return xml.append("</ListBucketResult>").toString();
	}

}
