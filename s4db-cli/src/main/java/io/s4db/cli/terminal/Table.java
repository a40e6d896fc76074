package io.s4db.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows with columns that are as wide as what stands in them.
 */
public final class Table {

	private final List<String[]> rows = new ArrayList<>();

	/** Which columns are numbers, by an {@code r}; others have any other letter. */
	private final String alignment;

	public Table(String alignment, String... header) {
		this.alignment = alignment;
		if (header.length > 0) {
			this.rows.add(header);
		}
	}

	public void row(String... cells) {
		this.rows.add(cells);
	}

	public void print(Out out, String indent) {
		int[] widths = new int[this.alignment.length()];
		for (String[] row : this.rows) {
			for (int i = 0; i < row.length; i++) {
				widths[i] = Math.max(widths[i], row[i].length());
			}
		}
		for (String[] row : this.rows) {
			StringBuilder line = new StringBuilder(indent);
			for (int i = 0; i < row.length; i++) {
				String space = " ".repeat(widths[i] - row[i].length());
				line.append((this.alignment.charAt(i) == 'r') ? space + row[i] : row[i] + space).append("  ");
			}
			out.line(line.toString().stripTrailing());
		}
	}

}
