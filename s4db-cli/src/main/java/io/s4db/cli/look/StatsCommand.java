package io.s4db.cli.look;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Table;
import io.s4db.cli.terminal.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What an application would see that opened it.
 */
@Command(name = "stats", header = "Opens the database, and counts exactly.",
		description = { "",
				"Keys, data files, live and garbage bytes, memory, and the requests that opening took. Reads the"
						+ " index as a whole, and writes nothing; 'info' is quicker where the index is large.",
				"" },
		footer = { "", "Examples:", "  s4db stats s3://my-bucket/my-db",
				"  s4db stats s3://my-bucket/my-db --json | jq .keys" })
public final class StatsCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Override
	protected int run() {
		long begun = System.nanoTime();
		try (S4DB db = openToRead(readOnlyStore(this.database))) {
			long millis = (System.nanoTime() - begun) / 1_000_000;
			S4DBStats stats = db.stats();
			if (asJson()) {
				out().json(json(stats, millis));
			}
			else {
				print(stats, millis);
			}
		}
		return ExitCode.OK;
	}

	private void print(S4DBStats stats, long millis) {
		Table table = new Table("lr");
		table.row("keys", Words.number(stats.keys()));
		table.row("data files", Words.number(stats.dataFiles()));
		table.row("data bytes", Words.size(stats.dataBytes()));
		table.row("live bytes", Words.size(stats.liveBytes()));
		table.row("garbage bytes", Words.size(stats.garbageBytes()));
		table.row("garbage", Words.percent(Words.share(stats.garbageBytes(), stats.dataBytes())));
		table.row("commit", Words.number(stats.seq()));
		table.row("checkpoint", Words.number(stats.checkpointSeq()));
		table.row("log items", Words.number(stats.logItems()));
		table.row("epoch", Words.number(stats.epoch()));
		table.row("obsolete files", Words.number(stats.obsoleteFiles()));
		table.row("next file number", Words.number(stats.nextFileNumber()));
		table.row("index in memory", Words.size(stats.indexHeapBytes()));
		table.row("index on disk", Words.size(stats.indexDiskBytes()));
		table.print(out(), "");
		RequestCounts requests = stats.requests();
		out().line("Opening took " + millis + " ms, " + Words.count(requests.gets(), "GET") + ", "
				+ Words.count(requests.lists(), "LIST") + ", " + Words.size(requests.bytesRead()) + ", "
				+ Words.dollars(requests.estimatedDollars()));
	}

	private static Map<String, Object> json(S4DBStats stats, long millis) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("keys", stats.keys());
		json.put("dataFiles", stats.dataFiles());
		json.put("dataBytes", stats.dataBytes());
		json.put("liveBytes", stats.liveBytes());
		json.put("garbageBytes", stats.garbageBytes());
		json.put("commit", stats.seq());
		json.put("checkpoint", stats.checkpointSeq());
		json.put("logItems", stats.logItems());
		json.put("epoch", stats.epoch());
		json.put("obsoleteFiles", stats.obsoleteFiles());
		json.put("nextFileNumber", stats.nextFileNumber());
		json.put("indexMode", stats.indexMode().name().toLowerCase(java.util.Locale.ROOT));
		json.put("indexHeapBytes", stats.indexHeapBytes());
		json.put("indexDiskBytes", stats.indexDiskBytes());
		json.put("openMillis", millis);
		json.put("requests", requests(stats.requests()));
		return json;
	}

	static Map<String, Object> requests(RequestCounts counts) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("gets", counts.gets());
		json.put("heads", counts.heads());
		json.put("puts", counts.puts());
		json.put("lists", counts.lists());
		json.put("deletes", counts.deletes());
		json.put("bytesRead", counts.bytesRead());
		json.put("bytesWritten", counts.bytesWritten());
		json.put("dollars", counts.estimatedDollars());
		return json;
	}

}
