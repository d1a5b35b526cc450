package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** COPY and ADD. */
final class CopyParser {

	private CopyParser() {
	}

	static Instruction parse(Line line, char escape) {
		boolean add = line.name().equals("ADD");
		Flags flags = add ? Flags.of(line, "chown", "chmod", "link") : Flags.of(line, "from", "chown", "chmod", "link");
		List<String> words = new ArrayList<>(
				JsonArray.parse(line, line.rest()).orElseGet(() -> Words.split(line.rest(), escape)));
		if (words.size() < 2) {
			throw line.refuse(line.name() + " requires at least two arguments"
					+ (words.isEmpty() ? "" : ", but only one was provided. Destination could not be determined"));
		}
		String destination = words.removeLast();
		List<String> sources = new ArrayList<>();
		Iterator<Heredoc> heredocs = line.heredocs().iterator();
		for (String word : words) {
			if (heredocs.hasNext() && isHeredoc(word)) {
				heredocs.next();
			}
			else {
				sources.add(word);
			}
		}
		return new Instruction.Copy(line.place(), add, sources, line.heredocs(), destination, flags.get("from"),
				flags.get("chown"), flags.get("chmod"));
	}

	private static boolean isHeredoc(String word) {
		return word.matches("\\d*<<.+");
	}

}
