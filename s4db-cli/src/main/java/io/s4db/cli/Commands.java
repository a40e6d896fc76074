package io.s4db.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;

/**
 * All commands, in the order in which they are listed.
 */
final class Commands {

	private static final List<Class<?>> ALL = List.of(InfoCommand.class, StatsCommand.class, FilesCommand.class,
			LogCommand.class, DoctorCommand.class, GetCommand.class, GetAllCommand.class, KeysCommand.class,
			ScanCommand.class, PutCommand.class, DeleteCommand.class, UploadCommand.class, DownloadCommand.class,
			ExportCommand.class, ImportCommand.class, CopyCommand.class, DiffCommand.class, VerifyCommand.class,
			CompactCommand.class, CheckpointCommand.class, RebuildCommand.class, MigrateCommand.class,
			BenchCommand.class, CompletionCommand.class, ManCommand.class, WarmUpCommand.class);

	private Commands() {
	}

	/** Each by its name. */
	static Map<String, Class<?>> all() {
		Map<String, Class<?>> commands = new LinkedHashMap<>();
		for (Class<?> command : ALL) {
			Command annotation = command.getAnnotation(Command.class);
			commands.put(java.util.Objects.requireNonNull(annotation).name(), command);
		}
		return commands;
	}

}
