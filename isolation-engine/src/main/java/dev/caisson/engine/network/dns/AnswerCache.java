package dev.caisson.engine.network.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What servers outside answered, for as long as they allow but not longer than a bound
 * (RFC 2308 for what does not exist). The least lately used give way. Safe for use by
 * many threads.
 */
final class AnswerCache {

	private static final Duration LONGEST = Duration.ofMinutes(5), LONGEST_NEGATIVE = Duration.ofSeconds(30);

	private static final int MOST_ANSWERS = 4096;

	/** Bytes; larger answers are not kept. */
	private static final int LARGEST = 4096;

	private final LongSupplier nanoTime;

	private final Map<Key, Kept> answers = new LinkedHashMap<>(64, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
			return size() > MOST_ANSWERS;
		}

	};

	/**
	 * @param nanoTime a clock as {@link System#nanoTime}
	 */
	AnswerCache(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/** An answer whose TTLs say what is left of them. */
	synchronized Optional<Found> find(Key key) {
		Kept kept = this.answers.get(key);
		if (kept == null) {
			return Optional.empty();
		}
		long now = this.nanoTime.getAsLong();
		if (kept.until() - now <= 0) {
			this.answers.remove(key);
			return Optional.empty();
		}
		return Optional.of(new Found(kept.answer(), Duration.ofNanos(now - kept.since()).toSeconds()));
	}

	synchronized void keep(Key key, Message answer) {
		Duration time = timeToLive(answer);
		if (time != null && time.isPositive() && answer.numBytes() <= LARGEST) {
			long now = this.nanoTime.getAsLong();
			this.answers.put(key, new Kept(answer, now, now + time.toNanos()));
		}
	}

	private static @Nullable Duration timeToLive(Message answer) {
		int code = answer.getRcode();
		if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
			return null;
		}
		long least = Long.MAX_VALUE;
		for (Record record : answer.getSection(Section.ANSWER)) {
			least = Math.min(least, record.getTTL());
		}
		if (code == Rcode.NOERROR && least != Long.MAX_VALUE) {
			return min(Duration.ofSeconds(least), LONGEST);
		}
		return negative(answer);
	}

	private static @Nullable Duration negative(Message answer) {
		for (Record record : answer.getSection(Section.AUTHORITY)) {
			if (record.getType() == Type.SOA && record instanceof SOARecord soa) {
				return min(Duration.ofSeconds(Math.min(soa.getTTL(), soa.getMinimum())), LONGEST_NEGATIVE);
			}
		}
		return null;
	}

	private static Duration min(Duration a, Duration b) {
		return (a.compareTo(b) < 0) ? a : b;
	}

	/** What was asked. Names are the same in any case. */
	record Key(Name name, int type, boolean signatures, boolean unchecked) {

		static Key of(Question question) {
			return new Key(question.asked().getName(), question.asked().getType(), question.wantsSignatures(),
					question.disablesChecking());
		}

	}

	/**
	 * What is known.
	 *
	 * @param answer as it came
	 * @param age seconds since then
	 */
	record Found(Message answer, long age) {
	}

	private record Kept(Message answer, long since, long until) {
	}

}
