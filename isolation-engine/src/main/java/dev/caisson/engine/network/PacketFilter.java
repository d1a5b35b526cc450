package dev.caisson.engine.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Libnftables;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.NetworkSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our tables of nftables. Rules are made once; what comes and goes are elements, each
 * change one transaction. Whatever goes wrong with a change, as when somebody else has
 * flushed the table, is mended by making everything anew, in one transaction too. Safe
 * for use by many threads.
 */
final class PacketFilter implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(PacketFilter.class);

	private static final String RULES = rules();

	private final String table;

	private final Register register;

	/**
	 * Opened at once, while descriptors still have low numbers: the library waits with
	 * select(2), and the C library aborts the process for a number from 1024 on.
	 */
	private final Libnftables nft = new Libnftables();

	/** The rules as the kernel listed them when they had been made. */
	private String made = "";

	private final Forwarding forwarding;

	private @Nullable Generation generation;

	/** Whether somebody else has changed rules, ours perhaps, since we looked. */
	private boolean touched;

	PacketFilter(String table, Register register, Forwarding forwarding) {
		this.table = table;
		this.register = register;
		this.forwarding = forwarding;
	}

	/** Makes everything as the register has it, in one transaction. */
	synchronized void build() {
		build((_) -> true);
	}

	private void build(Predicate<Endpoint> present) {
		String rules = RULES.replace("$TABLE", this.table)
			.replace("$FOREIGN4", this.forwarding.isOurs(Forwarding.Family.IPV4) ? "drop" : "return")
			.replace("$FOREIGN6", this.forwarding.isOurs(Forwarding.Family.IPV6) ? "drop" : "return");
		StringBuilder commands = new StringBuilder(rules);
		Map<Element.Set, List<Element>> wanted = wanted(present);
		for (Element.Set set : Element.Set.values()) {
			commands.append("flush ").append(set.isMap() ? "map " : "set ").append(set.path(this.table)).append('\n');
		}
		wanted.forEach((_, elements) -> commands.append(command("add", elements)));
		commit("table " + this.table, commands.toString());
		this.made = listing();
	}

	/** Adds what a network or an endpoint is. */
	synchronized void add(List<Element> elements) {
		if (this.made.isEmpty()) {
			build();
		}
		try {
			commit("add " + elements.getFirst().text(), commands("add", elements));
		}
		catch (LinuxException ex) {
			LOG.warn("the packet filter is made anew: {}", ex.getMessage());
			build();
		}
	}

	/** Removes what a network was, when it is not in the register any more. */
	synchronized void remove(NetworkSpec network) {
		remove(Element.of(network), (_) -> true);
	}

	/** Removes what an endpoint is, when it is in the register still. Safe to repeat. */
	synchronized void remove(Endpoint endpoint) {
		remove(Element.of(endpoint), (other) -> !other.device().equals(endpoint.device()));
	}

	private void remove(List<Element> elements, Predicate<Endpoint> present) {
		if (this.made.isEmpty()) {
			return;
		}
		try {
			commit("delete " + elements.getFirst().text(), commands("delete", elements));
		}
		catch (LinuxException ex) {
			// some of it was never added, or has been flushed
			LOG.debug("the packet filter is made anew: {}", ex.getMessage());
			build(present);
		}
	}

	/**
	 * Makes everything anew if somebody else has changed it.
	 * @return whether it had to be
	 */
	synchronized boolean repair() {
		if (this.made.isEmpty() || !(this.touched | generation().hasMoved())) {
			return false;
		}
		this.touched = false;
		if (isIntact()) {
			return false;
		}
		build();
		return true;
	}

	private Generation generation() {
		Generation open = this.generation;
		if (open == null) {
			open = new Generation();
			this.generation = open;
		}
		return open;
	}

	/** One transaction of ours. */
	private void commit(String what, String commands) {
		Generation current = generation();
		this.touched |= current.hasMoved();
		this.nft.run(what, commands);
		this.touched |= !current.hasMovedByOne();
	}

	/** Whether rules and elements are those that they should be. */
	synchronized boolean isIntact() {
		try {
			if (!listing().equals(this.made)) {
				return false;
			}
			Map<Element.Set, List<Element>> wanted = wanted((_) -> true);
			for (Element.Set set : Element.Set.values()) {
				int count = wanted.getOrDefault(set, List.of()).stream().distinct().toList().size();
				if (FilterListing.count(list(set)) != count) {
					return false;
				}
			}
			return true;
		}
		catch (LinuxException ex) {
			return false;
		}
	}

	/** The elements of a set or map, as libnftables-json(5). */
	synchronized String list(Element.Set set) {
		return this.nft.listJson(set.path(this.table),
				"list " + (set.isMap() ? "map " : "set ") + set.path(this.table));
	}

	/**
	 * Deletes the tables, unless the host's administrator has rules of his own in them.
	 */
	synchronized void delete() {
		if (this.made.isEmpty()) {
			return;
		}
		try {
			String user = this.nft.listTerse("chain user", "list chain inet " + this.table + " user");
			if (user.lines().filter((line) -> !line.isBlank()).count() > 4) {
				return;
			}
			this.nft.run("delete tables", "delete table inet " + this.table + "\ndelete table bridge " + this.table);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ENOENT)) {
				throw ex;
			}
		}
	}

	private String listing() {
		String inet = this.nft.listTerse(this.table, "list table inet " + this.table);
		return inet.replaceAll("(?s)\tchain user \\{.*?\n\t}", "")
				+ this.nft.listTerse(this.table, "list table bridge " + this.table);
	}

	private Map<Element.Set, List<Element>> wanted(Predicate<Endpoint> present) {
		Map<Element.Set, List<Element>> wanted = new EnumMap<>(Element.Set.class);
		List<Element> all = new ArrayList<>();
		this.register.all().forEach((network) -> all.addAll(Element.of(network)));
		this.register.everybody().stream().filter(present).forEach((endpoint) -> all.addAll(Element.of(endpoint)));
		all.forEach((element) -> wanted.computeIfAbsent(element.set(), (_) -> new ArrayList<>()).add(element));
		return wanted;
	}

	private String commands(String verb, List<Element> elements) {
		StringBuilder commands = new StringBuilder();
		elements.forEach((element) -> commands.append(command(verb, List.of(element))));
		return commands.toString();
	}

	private String command(String verb, List<Element> elements) {
		StringBuilder command = new StringBuilder(verb).append(" element ")
			.append(elements.getFirst().set().path(this.table))
			.append(" { ");
		for (int i = 0; i < elements.size(); i++) {
			command.append((i > 0) ? ", " : "").append(elements.get(i).text());
		}
		return command.append(" }\n").toString();
	}

	private static String rules() {
		try (InputStream in = PacketFilter.class.getResourceAsStream("ruleset.nft")) {
			return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public synchronized void close() {
		this.nft.close();
		if (this.generation != null) {
			this.generation.close();
		}
	}

}
