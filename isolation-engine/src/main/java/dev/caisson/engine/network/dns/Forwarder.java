package dev.caisson.engine.network.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * Asks servers outside, one after the other, first the one that answered last. Questions
 * are asked anew: nothing but name, type and the wish for signatures goes out. A
 * truncated answer is asked for again by TCP. Safe for use by many threads.
 */
final class Forwarder {

	/** For each server. A resolver in a container waits for 5 s (resolv.conf(5)). */
	private static final Duration TIMEOUT = Duration.ofMillis(2000);

	/** As many servers as resolv.conf(5) knows: MAXNS. */
	private static final int MOST_SERVERS = 3;

	/** Bytes; what fits one packet nearly everywhere. */
	private static final int PAYLOAD = 1232;

	private final Supplier<List<InetSocketAddress>> servers;

	private final AnswerCache cache;

	/** How many questions are under way, of all containers together. */
	private final Semaphore places;

	private volatile int preferred;

	Forwarder(Supplier<List<InetSocketAddress>> servers, Semaphore places) {
		this.servers = servers;
		this.places = places;
		this.cache = new AnswerCache(System::nanoTime);
	}

	/** Completes with an answer, SERVFAIL if there is none; never with an exception. */
	CompletionStage<Message> ask(Question question) {
		AnswerCache.Key key = AnswerCache.Key.of(question);
		var known = this.cache.find(key);
		if (known.isPresent()) {
			return CompletableFuture.completedStage(relay(question, known.get().answer(), known.get().age()));
		}
		List<InetSocketAddress> all = this.servers.get();
		if (all.isEmpty() || !this.places.tryAcquire()) {
			return CompletableFuture.completedStage(question.answer(Rcode.SERVFAIL));
		}
		int count = Math.min(all.size(), MOST_SERVERS);
		return ask(question, all.subList(0, count), Math.floorMod(this.preferred, count), count).handle((answer, _) -> {
			this.places.release();
			if (answer == null) {
				return question.answer(Rcode.SERVFAIL);
			}
			this.cache.keep(key, answer);
			return relay(question, answer, 0);
		});
	}

	private CompletionStage<Message> ask(Question question, List<InetSocketAddress> all, int index, int left) {
		return askOne(question, all.get(index)).handle((answer, failure) -> {
			if (failure == null && (isUsable(answer) || left == 1)) {
				this.preferred = index;
				return CompletableFuture.completedStage(answer);
			}
			return (left > 1) ? ask(question, all, (index + 1) % all.size(), left - 1)
					: CompletableFuture.<Message>failedStage(failure);
		}).thenCompose((next) -> next);
	}

	private static CompletionStage<Message> askOne(Question question, InetSocketAddress server) {
		try {
			SimpleResolver resolver = new SimpleResolver(server);
			resolver.setTimeout(TIMEOUT);
			return resolver.sendAsync(query(question));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private static Message query(Question question) {
		Message query = Message.newQuery(question.asked());
		if (question.disablesChecking()) {
			query.getHeader().setFlag(Flags.CD);
		}
		query.addRecord(new OPTRecord(PAYLOAD, 0, 0, question.wantsSignatures() ? ExtendedFlags.DO : 0),
				Section.ADDITIONAL);
		return query;
	}

	private static boolean isUsable(Message answer) {
		int code = answer.getRcode();
		return code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
	}

	/** The answer in the frame of this question, with what is left of the TTLs. */
	private static Message relay(Question question, Message from, long age) {
		Message answer = question.answer(from.getRcode());
		if (from.getHeader().getFlag(Flags.AD)) {
			answer.getHeader().setFlag(Flags.AD);
		}
		for (int section : new int[] { Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL }) {
			for (Record record : from.getSection(section)) {
				if (record.getType() != Type.OPT && record.getType() != Type.TSIG) {
					answer.addRecord((age > 0) ? aged(record, age) : record, section);
				}
			}
		}
		return answer;
	}

	private static Record aged(Record record, long age) {
		return Record.newRecord(record.getName(), record.getType(), record.getDClass(),
				Math.max(0, record.getTTL() - age), record.rdataToWireCanonical());
	}

}
