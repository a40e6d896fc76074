package io.s4db.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * docs/CLI.md has what the commands say of themselves. With
 * {@code -Ds4db.docs.write=true} it is written anew.
 */
class ReferenceTests {

	private static final Path PAGE = Path.of(System.getProperty("s4db.cli.base", "."), "../docs/CLI.md");

	private static final String BEGIN = "<!-- From here on: what 's4db help' prints, kept by ReferenceTests. -->\n";

	private static final int WIDTH = 110;

	@TempDir
	Path temporary;

	@Test
	void whenACommandSaysSoShouldTheReferenceToo() throws IOException {
		String page = Files.readString(PAGE);
		assertThat(page).contains(BEGIN);
		String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
		String expected = before + reference();
		if (Boolean.getBoolean("s4db.docs.write")) {
			Files.writeString(PAGE, expected);
			return;
		}
		assertThat(page).as("docs/CLI.md; write it with -Ds4db.docs.write=true").isEqualTo(expected);
	}

	private static String reference() {
		CommandLine all = Main.commandLine();
		all.setUsageHelpWidth(WIDTH);
		all.setUsageHelpAutoWidth(false);
		all.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
		StringBuilder text = new StringBuilder("\n## s4db\n\n").append(block(all));
		for (Map.Entry<String, CommandLine> one : all.getSubcommands().entrySet()) {
			if (!one.getValue().getCommandSpec().usageMessage().hidden() && !one.getKey().equals("help")) {
				text.append("\n## s4db ").append(one.getKey()).append("\n\n").append(block(one.getValue()));
			}
		}
		return text.toString();
	}

	private static String block(CommandLine line) {
		return "```text\n" + line.getUsageMessage().stripTrailing().replaceAll("(?m)[ \\t]+$", "") + "\n```\n";
	}

	@Test
	void whenAskedShouldWriteAManualPageForEachCommand() throws IOException {
		assertThat(Cli.run("man", "--all", this.temporary.toString()).code()).isZero();
		assertThat(Files.readString(this.temporary.resolve("s4db-get.1"))).startsWith(".TH \"S4DB-GET\" 1")
			.contains(".SH OPTIONS", "\\-\\-key\\-hex", "s4db get s3://my\\-bucket/my\\-db");
		assertThat(this.temporary.resolve("s4db.1")).exists();
		assertThat(this.temporary.resolve("s4db-warm-up.1")).doesNotExist();
		assertThat(Cli.run("man", "keys").out()).contains("S4DB-KEYS");
	}

	@Test
	void whenAskedShouldPrintAScriptThatCompletes() {
		assertThat(Cli.run("completion").out()).contains("complete -F _complete_s4db", "--key-hex");
	}

}
