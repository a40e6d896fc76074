package io.s4db.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.Finding;

/**
 * What was found to be damaged, as JSON.
 */
public final class Findings {

	private Findings() {
	}

	public static List<Map<String, Object>> json(List<Finding> findings) {
		return findings.stream().map((finding) -> {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("object", finding.object());
			if (finding.offset() >= 0) {
				json.put("offset", finding.offset());
			}
			json.put("problem", finding.problem());
			return json;
		}).toList();
	}

}
