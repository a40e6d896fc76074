package io.s4db.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.s4db.cli.command.BaseCommand;
import io.s4db.cli.command.WritingCommand;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Errors;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Io;
import io.s4db.cli.terminal.OutputClosedException;
import io.s4db.cli.terminal.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

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

	/** What a command gets to end in that is interrupted. */
	private static final long LAST_NANOS = Duration.ofSeconds(10).toNanos();

	private static final long POLL_MILLIS = 20;

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
		try {
			if (!ends(thread)) {
				WritingCommand.abandon();
				Io.ofProcess().err().println("s4db: interrupted");
			}
		}
		catch (InterruptedException ex) {
			// The process ends now.
		}
	}

	/**
	 * Waits until it ends, for some time; not where it waits for input, which goes on
	 * whatever interrupts it.
	 */
	private static boolean ends(Thread thread) throws InterruptedException {
		int waiting = 0;
		for (long begun = System.nanoTime(); thread.isAlive() && waiting < 2; thread.join(POLL_MILLIS)) {
			if (System.nanoTime() - begun > LAST_NANOS) {
				return false;
			}
			waiting = Io.isWaitingForInput() ? waiting + 1 : 0;
		}
		return !thread.isAlive();
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
		io.err().println("s4db: " + Errors.message(ex));
		return ExitCode.FAILURE;
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
