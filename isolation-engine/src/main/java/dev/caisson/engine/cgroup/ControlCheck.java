package dev.caisson.engine.cgroup;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One control file of a group: what it should say, and what the kernel says.
 *
 * @param file its name, such as {@code memory.max}; with the device behind it where a
 * file has a line for each
 * @param asked whether a limit was declared; otherwise {@code declared} is what the
 * kernel has where nothing is set
 * @param declared as it was written
 * @param observed as it was read
 */
public record ControlCheck(String file, boolean asked, String declared, String observed) {

	private static final int PAGE = 4096;

	/** v1 shows no limit as the largest number of whole pages. */
	private static final long UNLIMITED = 1L << 62;

	/**
	 * Whether both say the same: the kernel rounds bytes down to pages, has several words
	 * for no limit, and writes lists in its own way.
	 */
	public boolean holds() {
		String text = value();
		return text.equals(this.declared) || isUnlimited(this.declared) && isUnlimited(text)
				|| sameNumber(this.declared, text) || sameList(this.declared, text);
	}

	/** {@code memory.oom_control} and {@code io.weight} have a word before the value. */
	private String value() {
		String first = this.observed.lines().findFirst().orElse("");
		return (first.startsWith("oom_kill_disable ") || first.startsWith("default "))
				? first.substring(first.indexOf(' ') + 1) : this.observed;
	}

	private static boolean isUnlimited(String text) {
		return text.equals("-1") || text.equals("max")
				|| isNumber(text) && Long.compareUnsigned(Long.parseUnsignedLong(text), UNLIMITED) >= 0;
	}

	private static boolean sameNumber(String declared, String observed) {
		return isNumber(declared) && isNumber(observed)
				&& Long.parseUnsignedLong(declared) / PAGE * PAGE == Long.parseUnsignedLong(observed);
	}

	private static boolean isNumber(String text) {
		return text.matches("\\d{1,19}");
	}

	private boolean sameList(String declared, String observed) {
		if (this.file.startsWith("cpuset.")) {
			return members(declared).equals(members(observed));
		}
		return lines(declared).equals(lines(observed));
	}

	private static Set<String> lines(String text) {
		return text.lines().map(String::strip).collect(Collectors.toCollection(TreeSet::new));
	}

	/** A list in the form of cpuset(7), such as {@code 0-2,4}. */
	private static BitSet members(String list) {
		BitSet members = new BitSet();
		Arrays.stream(list.split(",")).filter((range) -> range.matches("\\d{1,5}(-\\d{1,5})?")).forEach((range) -> {
			int dash = range.indexOf('-');
			int first = Integer.parseInt((dash < 0) ? range : range.substring(0, dash));
			int last = (dash < 0) ? first : Integer.parseInt(range.substring(dash + 1));
			members.set(first, Math.max(first, last) + 1);
		});
		return members;
	}

}
