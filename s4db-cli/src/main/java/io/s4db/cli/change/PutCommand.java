package io.s4db.cli.change;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.KeyFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Sets a value.
 */
@Command(name = "put", header = "Sets the value of a key, and commits it.", description = { "",
		"When it ends with 0 the value is in the bucket. A database is made where there is none. Beside"
				+ " writers that run it is safe, as they are beside each other: the later commit of a key counts.",
		"" },
		footer = { "", "Examples:", "  s4db put s3://my-bucket/my-db greeting hello",
				"  s4db put s3://my-bucket/my-db picture --file picture.png",
				"  echo -n hello | s4db put ./bucket greeting --file -", "  s4db put ./bucket id 00ff --hex", "",
				"Exit codes: 0 committed; 1 --if-absent, and the key has a value." })
public final class PutCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1", paramLabel = "KEY", description = "The key.")
	String key = "";

	@Parameters(index = "2", arity = "0..1", paramLabel = "VALUE", description = "The value.")
	@Nullable String value;

	@Mixin
	KeyFormat keys = new KeyFormat();

	@Option(names = "--file", paramLabel = "FILE", order = 52,
			description = "The value is what a file has; - for standard input.")
	@Nullable String file;

	@Option(names = "--hex", order = 53, description = "VALUE is in hexadecimal.")
	boolean hex;

	@Option(names = "--base64", order = 54, description = "VALUE is in Base64.")
	boolean base64;

	@Option(names = "--if-absent", order = 55,
			description = "Only if the key has no value; decided by the commit, whoever else writes.")
	boolean ifAbsent;

	@Override
	protected int run() throws Exception {
		String wanted = this.keys.key(this.key);
		byte[] bytes = bytes();
		int code = writing(connection().store(this.database), (db) -> {
			if (this.ifAbsent) {
				if (!db.putBytesIfAbsent(wanted, bytes)) {
					throw CommandException.found("The key '" + Text.line(wanted) + "' has a value already");
				}
			}
			else {
				db.putBytes(wanted, bytes);
			}
			return ExitCode.OK;
		});
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("key", wanted);
			json.put("bytes", bytes.length);
			out().json(json);
		}
		return code;
	}

	@Override
	protected io.s4db.S4DBOptions.Builder options() {
		return super.options().durability(this.ifAbsent ? io.s4db.Durability.STORE : io.s4db.Durability.PROCESS);
	}

	private byte[] bytes() throws java.io.IOException {
		if ((this.file != null) == (this.value != null)) {
			throw CommandException.usage("Give either VALUE or --file");
		}
		if (this.file != null && (this.hex || this.base64)) {
			throw CommandException.usage("--hex and --base64 say how VALUE is given; a --file is taken as it is");
		}
		if (this.file != null) {
			return this.file.equals("-") ? io().in().readAllBytes() : Files.readAllBytes(Path.of(this.file));
		}
		String text = java.util.Objects.requireNonNull(this.value);
		if (this.hex) {
			return Text.fromHex(text);
		}
		return this.base64 ? Text.fromBase64(text) : text.getBytes(StandardCharsets.UTF_8);
	}

}
