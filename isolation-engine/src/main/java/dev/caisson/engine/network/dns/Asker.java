package dev.caisson.engine.network.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import dev.caisson.engine.spec.ContainerId;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * A container that asks, known by the socket its questions come from. Safe for use by
 * many threads.
 */
final class Asker {

	/** Questions to servers outside that one container may have under way. */
	private static final int MOST_PENDING = 64;

	private final ContainerId id;

	private final LocalNames names;

	private final Forwarder forwarder;

	private final AtomicInteger pending = new AtomicInteger();

	private volatile List<Membership> memberships;

	Asker(ContainerId id, LocalNames names, Forwarder forwarder, List<Membership> memberships) {
		this.id = id;
		this.names = names;
		this.forwarder = forwarder;
		this.memberships = List.copyOf(memberships);
	}

	ContainerId id() {
		return this.id;
	}

	List<Membership> memberships() {
		return this.memberships;
	}

	synchronized void add(Membership membership) {
		List<Membership> more = new ArrayList<>(this.memberships);
		more.add(membership);
		this.memberships = List.copyOf(more);
	}

	/** Puts one in the place of another; null takes it away. */
	synchronized void replace(Membership before, @Nullable Membership after) {
		List<Membership> changed = new ArrayList<>(this.memberships);
		int index = changed.indexOf(before);
		if (index >= 0) {
			changed.remove(index);
		}
		if (after != null) {
			changed.add(Math.max(0, index), after);
		}
		this.memberships = List.copyOf(changed);
	}

	/** Completes with an answer; never with an exception. */
	CompletionStage<Message> ask(Question question) {
		List<Membership> now = this.memberships;
		var local = this.names.answer(question, now);
		if (local.isPresent()) {
			return CompletableFuture.completedStage(local.get());
		}
		boolean reachesOutside = now.stream().anyMatch((membership) -> !membership.internal());
		if (!reachesOutside || this.pending.incrementAndGet() > MOST_PENDING) {
			if (reachesOutside) {
				this.pending.decrementAndGet();
			}
			return CompletableFuture.completedStage(question.answer(Rcode.SERVFAIL));
		}
		return this.forwarder.ask(question).whenComplete((_, _) -> this.pending.decrementAndGet());
	}

}
