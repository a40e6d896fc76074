package io.s4db.cli.mend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.cli.terminal.Out;
import io.s4db.cli.terminal.Text;

/**
 * What was found to be wrong or worth knowing, in the order in which it was found.
 */
final class Diagnoses {

	private final List<Diagnosis> found = new ArrayList<>();

	/**
	 * Something that was found.
	 *
	 * @param wrong whether it is wrong, not only worth knowing
	 * @param what what it is
	 * @param remedy the command that mends it, or what else does
	 */
	private record Diagnosis(boolean wrong, String what, String remedy) {
	}

	void wrong(String what, String remedy) {
		this.found.add(new Diagnosis(true, what, remedy));
	}

	void note(String what, String remedy) {
		this.found.add(new Diagnosis(false, what, remedy));
	}

	int size() {
		return this.found.size();
	}

	/** How many things are wrong. */
	long wrong() {
		return this.found.stream().filter(Diagnosis::wrong).count();
	}

	void print(Out out) {
		for (Diagnosis one : this.found) {
			out.line((one.wrong() ? "WRONG  " : "note   ") + Text.line(one.what()));
			out.line("       mend: " + Text.line(one.remedy()));
		}
	}

	List<Object> json() {
		List<Object> list = new ArrayList<>();
		for (Diagnosis one : this.found) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("wrong", one.wrong());
			json.put("what", one.what());
			json.put("remedy", one.remedy());
			list.add(json);
		}
		return list;
	}

}
