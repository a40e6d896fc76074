package io.s4db.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.cli.change.DeleteCommand;
import io.s4db.cli.change.PutCommand;
import io.s4db.cli.change.UploadCommand;
import io.s4db.cli.look.BenchCommand;
import io.s4db.cli.look.DiffCommand;
import io.s4db.cli.look.FilesCommand;
import io.s4db.cli.look.GetAllCommand;
import io.s4db.cli.look.GetCommand;
import io.s4db.cli.look.InfoCommand;
import io.s4db.cli.look.KeysCommand;
import io.s4db.cli.look.LogCommand;
import io.s4db.cli.look.ScanCommand;
import io.s4db.cli.look.StatsCommand;
import io.s4db.cli.mend.CheckpointCommand;
import io.s4db.cli.mend.CompactCommand;
import io.s4db.cli.mend.DoctorCommand;
import io.s4db.cli.mend.RebuildCommand;
import io.s4db.cli.mend.VerifyCommand;
import io.s4db.cli.move.CopyCommand;
import io.s4db.cli.move.DownloadCommand;
import io.s4db.cli.move.ExportCommand;
import io.s4db.cli.move.ImportCommand;
import io.s4db.cli.move.MigrateCommand;

/**
 * All commands, in the order in which they are listed.
 */
public final class Commands {

	private Commands() {
	}

	/**
	 * Each by its name, which is not asked of its annotation: that of one command alone
	 * is quick to read.
	 */
	public static Map<String, Class<?>> all() {
		Map<String, Class<?>> commands = new LinkedHashMap<>();
		commands.put("info", InfoCommand.class);
		commands.put("stats", StatsCommand.class);
		commands.put("files", FilesCommand.class);
		commands.put("log", LogCommand.class);
		commands.put("doctor", DoctorCommand.class);
		commands.put("get", GetCommand.class);
		commands.put("getall", GetAllCommand.class);
		commands.put("keys", KeysCommand.class);
		commands.put("scan", ScanCommand.class);
		commands.put("put", PutCommand.class);
		commands.put("delete", DeleteCommand.class);
		commands.put("upload", UploadCommand.class);
		commands.put("download", DownloadCommand.class);
		commands.put("export", ExportCommand.class);
		commands.put("import", ImportCommand.class);
		commands.put("copy", CopyCommand.class);
		commands.put("diff", DiffCommand.class);
		commands.put("verify", VerifyCommand.class);
		commands.put("compact", CompactCommand.class);
		commands.put("checkpoint", CheckpointCommand.class);
		commands.put("rebuild", RebuildCommand.class);
		commands.put("migrate", MigrateCommand.class);
		commands.put("bench", BenchCommand.class);
		commands.put("completion", CompletionCommand.class);
		commands.put("man", ManCommand.class);
		commands.put("warm-up", WarmUpCommand.class);
		return commands;
	}

}
