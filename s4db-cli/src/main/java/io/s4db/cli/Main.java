package io.s4db.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.MissingIndexException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The program: finds the command, runs it, and makes a sentence and an exit code of what
 * goes wrong.
 */
@Command(name = "s4db", subcommandsRepeatable = false, usageHelpAutoWidth = true, sortOptions = false,
		versionProvider = Main.Version.class, synopsisSubcommandLabel = "COMMAND",
		header = "Looks into an s4db database in a bucket or a folder, changes it, mends it and moves it.",
		description = { "",
				"A database is named as s3://BUCKET/PREFIX, with credentials, region and endpoint as the AWS CLI has them;"
						+ " or it is a folder that has the objects. Commands that read write nothing, neither to the bucket"
						+ " nor to the folder.",
				"" },
		footer = { "", "Examples:", "  s4db info s3://my-bucket/my-db        what is there, in a screen",
				"  s4db doctor s3://my-bucket/my-db      what is wrong, and what mends it",
				"  s4db get s3://my-bucket/my-db KEY     a value",
				"  s4db help COMMAND                     what a command does, with examples", "",
				"Exit codes: 0 done, and nothing is wrong; 1 a key is not there, databases differ, or something is"
						+ " damaged; 2 wrong arguments, or a change that nobody confirmed; 3 it could not be done." })
public final class Main implements Runnable {

	private static final Map<String, Class<?>> COMMANDS = Commands.all();

	@Option(names = { "-h", "--help" }, usageHelp = true, description = "Show this help.")
	boolean help;

	@Option(names = { "-V", "--version" }, versionHelp = true, description = "Show the version.")
	boolean version;

	@Spec
	CommandSpec spec = CommandSpec.create();

	private Main() {
	}

	/** Runs the command that the arguments tell, and ends the process. */
	public static void main(String[] arguments) {
		Thread thread = Thread.currentThread();
		Thread interrupting = new Thread(() -> interrupt(thread), "interrupt");
		Runtime.getRuntime().addShutdownHook(interrupting);
		int code = run(Io.ofProcess(), arguments);
		try {
			Runtime.getRuntime().removeShutdownHook(interrupting);
		}
		catch (IllegalStateException ex) {
			// It was interrupted: the process ends when this thread does.
			return;
		}
		System.exit(code);
	}

	/** Lets what runs end as it does when its thread is interrupted. */
	private static void interrupt(Thread thread) {
		thread.interrupt();
		if (Io.isWaitingForInput()) {
			WritingCommand.abandon();
			return;
		}
		try {
			thread.join(10_000);
		}
		catch (InterruptedException ex) {
			// The process ends now.
		}
	}

	/** Runs a command, and gives the exit code. */
	static int run(Io io, String... arguments) {
		boolean debug = List.of(arguments).contains("--debug");
		Logging.set(debug);
		CommandLine line = commandLine(arguments);
		line.setOut(new PrintWriter(io.out(), true, java.nio.charset.StandardCharsets.UTF_8));
		line.setErr(new PrintWriter(io.err(), true, java.nio.charset.StandardCharsets.UTF_8));
		line.setParameterExceptionHandler((ex, given) -> misunderstood(io, ex));
		line.setExecutionExceptionHandler((ex, command, parsed) -> failed(io, ex, debug));
		line.setExecutionStrategy((parsed) -> execute(io, parsed));
		for (String argument : arguments) {
			if (argument.indexOf('\uFFFD') >= 0) {
				io.err()
					.println("s4db: an argument has characters that this locale does not have: set LC_ALL=C.UTF-8,"
							+ " or give keys and values in hexadecimal");
				return ExitCode.USAGE;
			}
		}
		return line.execute(arguments);
	}

	private static int execute(Io io, ParseResult parsed) {
		for (ParseResult one = parsed; one != null; one = one.subcommand()) {
			if (one.commandSpec().userObject() instanceof BaseCommand command) {
				command.use(io);
			}
		}
		return new CommandLine.RunLast().execute(parsed);
	}

	/** A command line that knows what the arguments are about: quicker than all. */
	static CommandLine commandLine(String... arguments) {
		CommandLine line = new CommandLine(new Main());
		String first = (arguments.length > 0) ? arguments[0] : "";
		Class<?> only = COMMANDS.get(first);
		if (only != null) {
			line.addSubcommand(only);
		}
		else {
			COMMANDS.values().forEach(line::addSubcommand);
			line.addSubcommand(new CommandLine.HelpCommand());
		}
		line.getSubcommands().values().forEach((command) -> command.setAbbreviatedOptionsAllowed(false));
		return line.setCaseInsensitiveEnumValuesAllowed(true)
			.setUsageHelpLongOptionsMaxWidth(26)
			.setExpandAtFiles(false)
			.setUnmatchedOptionsArePositionalParams(false);
	}

	@Override
	public void run() {
		this.spec.commandLine().usage(this.spec.commandLine().getOut());
	}

	private static int misunderstood(Io io, ParameterException ex) {
		String name = ex.getCommandLine().getCommandSpec().qualifiedName();
		if (ex instanceof UnmatchedArgumentException unmatched && ex.getCommandLine().getParent() == null
				&& !unmatched.getUnmatched().isEmpty() && !unmatched.getUnmatched().get(0).startsWith("-")) {
			io.err().println("s4db: " + noSuchCommand(unmatched.getUnmatched().get(0)) + ". See: s4db --help");
			return ExitCode.USAGE;
		}
		io.err().println("s4db: " + String.valueOf(ex.getMessage()).replace('\n', ' ') + ". See: " + name + " --help");
		return ExitCode.USAGE;
	}

	private static String noSuchCommand(String name) {
		String said = "There is no command '" + Text.line(name) + "'";
		return COMMANDS.keySet()
			.stream()
			.filter((command) -> command.startsWith(name) || name.startsWith(command))
			.findFirst()
			.map((command) -> said + "; is it '" + command + "' that is meant?")
			.orElse(said);
	}

	private static int failed(Io io, Exception ex, boolean debug) {
		if (ex instanceof OutputClosedException closed && closed.nobodyReads()) {
			return ExitCode.OUTPUT_CLOSED;
		}
		if (debug) {
			ex.printStackTrace(io.err());
		}
		if (ex instanceof CommandException command) {
			io.err().println("s4db: " + command.getMessage());
			return command.exitCode();
		}
		if (Thread.interrupted()) {
			io.err().println("s4db: interrupted");
			return ExitCode.INTERRUPTED;
		}
		io.err().println("s4db: " + message(ex));
		return ExitCode.FAILURE;
	}

	/** A sentence, and what to do. */
	static String message(Throwable ex) {
		if (ex instanceof MissingIndexException) {
			return inWords(ex)
					+ (inWords(ex).contains("'s4db rebuild'") ? ""
							: ". 's4db rebuild' makes an index of the data files")
					+ "; 's4db info' shows what is there";
		}
		if (ex instanceof CorruptDataException) {
			return inWords(ex) + ". 's4db doctor' finds what is damaged, and says what mends it";
		}
		if (ex instanceof UnsupportedFormatException
				&& inWords(ex).matches(".*(later version of the reference|Index version 2 ).*")) {
			return inWords(ex) + ". 's4db migrate' makes a copy of such a database that can be read here";
		}
		if (ex instanceof S4DBException || ex instanceof IllegalArgumentException) {
			return inWords(ex);
		}
		if (ex instanceof OutputClosedException) {
			return "standard output cannot be written to: " + inWords(java.util.Objects.requireNonNull(ex.getCause()));
		}
		if (ex instanceof UncheckedIOException) {
			return message(java.util.Objects.requireNonNull(ex.getCause()));
		}
		if (ex instanceof FileSystemException file) {
			return file.getFile() + ": " + reason(file);
		}
		if (ex instanceof SdkException) {
			return inWords(ex);
		}
		return inWords(ex) + ". --debug shows where";
	}

	private static String reason(FileSystemException ex) {
		if (ex instanceof java.nio.file.NoSuchFileException) {
			return "there is no such file";
		}
		if (ex instanceof java.nio.file.AccessDeniedException) {
			return "access is denied";
		}
		String reason = ex.getReason();
		return (reason != null) ? reason : ex.getClass().getSimpleName();
	}

	/** What happened, without what to do. */
	static String inWords(Throwable ex) {
		String message = ex.getMessage();
		if (message == null) {
			return ex.getClass().getSimpleName();
		}
		String said = message.replace("S4DBEngine.rebuild(store, options)", "'s4db rebuild'")
			.replace("S4DBEngine.rebuild", "'s4db rebuild'")
			.replace("rebuildIndex()", "'s4db rebuild'")
			.replace("upload(ALL)", "'s4db upload --all'")
			.replace("verify()", "'s4db verify'")
			.replace(" (s4db.bucket)", "")
			.replace("?. ", "? ")
			.strip()
			.replaceAll("\\s*\\n\\s*", "; ");
		return said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
	}

	/** The version of the jar. */
	static final class Version implements CommandLine.IVersionProvider {

		@Override
		public String[] getVersion() {
			@Nullable String version = Main.class.getPackage().getImplementationVersion();
			return new String[] { "s4db " + ((version != null) ? version : "(not packaged)") + ", Java "
					+ Runtime.version().feature() };
		}

	}

}
