package io.s4db.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests have of commands on a folder: the folder, which is not there yet, its name
 * as a command is given it, and space beside it.
 */
public abstract class FolderTest {

	@TempDir
	protected Path temporary;

	/** Where the database is. */
	protected Path folder;

	/** The same, as an argument. */
	protected String place;

	/** Another place, where nothing is, as an argument. */
	protected String copy;

	@BeforeEach
	void nameFolder() {
		use("bucket");
		this.copy = beside("copy");
	}

	/** The database is in a folder of another name. */
	protected final void use(String name) {
		this.folder = this.temporary.resolve(name);
		this.place = this.folder.toString();
	}

	/** Another place, as an argument. */
	protected final String beside(String name) {
		return this.temporary.resolve(name).toString();
	}

	/** What 'scan' says that there is. */
	protected final Map<String, String> pairs() {
		Map<String, String> pairs = new TreeMap<>();
		Cli.run("scan", this.place, "--json")
			.jsonLines()
			.forEach((pair) -> pairs.put(pair.get("key").asString(), pair.get("value").asString()));
		return pairs;
	}

}
