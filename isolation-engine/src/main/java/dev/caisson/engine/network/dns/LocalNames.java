package dev.caisson.engine.network.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Answers from the names on the asker's networks. A name that is known there is never
 * asked for outside, whatever the type of the question.
 */
final class LocalNames {

	/** Seconds: a container may be another one in a moment. */
	private static final int TTL = 5;

	private final Zones zones;

	LocalNames(Zones zones) {
		this.zones = zones;
	}

	Optional<Message> answer(Question question, List<Membership> asker) {
		Name name = question.asked().getName();
		if (question.asked().getType() == Type.PTR) {
			return reverse(question, name, asker);
		}
		return this.zones.addressesOf(name.toString(true), asker).map((addresses) -> forward(question, addresses));
	}

	private static Message forward(Question question, List<InetAddress> addresses) {
		Message answer = question.answer(Rcode.NOERROR);
		for (InetAddress address : addresses) {
			Record record = record(question.asked(), address);
			if (record != null) {
				answer.addRecord(record, Section.ANSWER);
			}
		}
		return answer;
	}

	private static @Nullable Record record(Record asked, InetAddress address) {
		boolean any = asked.getType() == Type.ANY;
		return switch (address) {
			case Inet4Address four when any || asked.getType() == Type.A ->
				new ARecord(asked.getName(), DClass.IN, TTL, four);
			case Inet6Address six when any || asked.getType() == Type.AAAA ->
				new AAAARecord(asked.getName(), DClass.IN, TTL, six);
			default -> null;
		};
	}

	private Optional<Message> reverse(Question question, Name name, List<Membership> asker) {
		return address(name).flatMap((address) -> this.zones.nameOf(address, asker)).map((found) -> {
			Message answer = question.answer(Rcode.NOERROR);
			absolute(found)
				.ifPresent((host) -> answer.addRecord(new PTRRecord(name, DClass.IN, TTL, host), Section.ANSWER));
			return answer;
		});
	}

	private static Optional<InetAddress> address(Name name) {
		try {
			return Optional.of(ReverseMap.fromName(name));
		}
		catch (UnknownHostException | RuntimeException ex) {
			return Optional.empty();
		}
	}

	/** Empty if it is no DNS name: containers may be called what nobody can ask for. */
	private static Optional<Name> absolute(String name) {
		try {
			return Optional.of(Name.fromString(name, Name.root));
		}
		catch (TextParseException ex) {
			return Optional.empty();
		}
	}

}
