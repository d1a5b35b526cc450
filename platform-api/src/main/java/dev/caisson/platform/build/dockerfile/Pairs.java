package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Names and values: {@code a=b c=d}, and the old form {@code a b}. */
final class Pairs {

	private Pairs() {
	}

	static List<Pair> parse(Line line, char escape) {
		List<String> words = Words.split(line.rest(), escape);
		if (words.isEmpty()) {
			throw line.refuse(line.name() + " requires at least one argument");
		}
		if (!words.getFirst().contains("=")) {
			return List.of(old(line, words));
		}
		List<Pair> pairs = new ArrayList<>();
		for (String word : words) {
			if (!word.contains("=")) {
				throw line.refuse("Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
			}
			pairs.add(pair(line, word));
		}
		return pairs;
	}

	/** The rest of the line is the value, blanks included. */
	private static Pair old(Line line, List<String> words) {
		if (words.size() < 2) {
			throw line.refuse(line.name() + " must have two arguments");
		}
		return new Pair(words.getFirst(), line.rest().substring(words.getFirst().length()).strip());
	}

	static List<Pair> parseArguments(Line line, char escape) {
		List<String> words = Words.split(line.rest(), escape);
		if (words.isEmpty()) {
			throw line.refuse("ARG requires at least one argument");
		}
		return words.stream().map((word) -> word.contains("=") ? pair(line, word) : new Pair(word, null)).toList();
	}

	private static Pair pair(Line line, String word) {
		int equals = word.indexOf('=');
		if (equals == 0) {
			throw line.refuse(line.name() + " names can not be blank");
		}
		return new Pair(word.substring(0, equals), word.substring(equals + 1));
	}

}
