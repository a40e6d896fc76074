package io.s4db.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.s4db.cli.command.BaseCommand;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine;

/**
 * Manual pages, made of the same texts as the help.
 */
@Command(name = "man", header = "Prints a manual page, or writes all of them.", footer = { "", "Examples:",
		"  s4db man get | man -l -", "  s4db man --all ~/.local/share/man/man1    for 'man s4db' and 'man s4db-get'" })
final class ManCommand extends BaseCommand {

	@Parameters(index = "0", arity = "0..1", paramLabel = "COMMAND", description = "Of which command; else of s4db.")
	@Nullable String command;

	@Option(names = "--all", paramLabel = "DIR", description = "Write the page of each command into a directory.")
	@Nullable Path directory;

	@Override
	protected int run() throws IOException {
		CommandLine all = Main.commandLine();
		if (this.directory != null) {
			Files.createDirectories(this.directory);
			Files.writeString(this.directory.resolve("s4db.1"), page(all));
			for (Map.Entry<String, CommandLine> one : all.getSubcommands().entrySet()) {
				if (!one.getValue().getCommandSpec().usageMessage().hidden()) {
					Files.writeString(this.directory.resolve("s4db-" + one.getKey() + ".1"), page(one.getValue()));
				}
			}
			return ExitCode.OK;
		}
		CommandLine one = (this.command != null) ? all.getSubcommands().get(this.command) : all;
		if (one == null) {
			throw CommandException.usage("There is no command '" + Text.line(String.valueOf(this.command)) + "'");
		}
		page(one).lines().forEach(out()::line);
		return ExitCode.OK;
	}

	private static String page(CommandLine line) {
		CommandSpec spec = line.getCommandSpec();
		String name = spec.qualifiedName("-");
		StringBuilder page = new StringBuilder(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"\" \"s4db\"\n");
		page.append(".SH NAME\n").append(name).append(" \\- ");
		page.append(text(String.join(" ", spec.usageMessage().header()))).append('\n');
		page.append(".SH SYNOPSIS\n").append(text(line.getHelp().synopsis(0).replaceAll("\\s+", " "))).append('\n');
		page.append(".SH DESCRIPTION\n");
		paragraphs(page, spec.usageMessage().description());
		options(page, spec);
		if (!line.getSubcommands().isEmpty()) {
			page.append(".SH COMMANDS\n");
			line.getSubcommands().forEach((sub, of) -> {
				if (!of.getCommandSpec().usageMessage().hidden()) {
					item(page, sub, of.getCommandSpec().usageMessage().header());
				}
			});
		}
		page.append(".SH EXAMPLES AND EXIT CODES\n.nf\n");
		for (String footer : spec.usageMessage().footer()) {
			page.append(text(footer)).append('\n');
		}
		return page.append(".fi\n").toString();
	}

	private static void options(StringBuilder page, CommandSpec spec) {
		page.append(".SH OPTIONS\n");
		for (PositionalParamSpec parameter : spec.positionalParameters()) {
			item(page, parameter.paramLabel(), parameter.description());
		}
		for (OptionSpec option : spec.options()) {
			String value = option.arity().max() > 0 ? "=" + option.paramLabel() : "";
			item(page, String.join(", ", List.of(option.names())) + value, option.description());
		}
	}

	private static void item(StringBuilder page, String name, String[] description) {
		page.append(".TP\n\\fB").append(text(name)).append("\\fR\n");
		paragraphs(page, description);
	}

	private static void paragraphs(StringBuilder page, String[] paragraphs) {
		for (String paragraph : paragraphs) {
			if (!paragraph.isEmpty()) {
				page.append(text(paragraph)).append('\n');
			}
		}
	}

	private static String text(String text) {
		String escaped = text.replace("\\", "\\e").replace("-", "\\-");
		return (escaped.startsWith(".") || escaped.startsWith("'")) ? "\\&" + escaped : escaped;
	}

}
