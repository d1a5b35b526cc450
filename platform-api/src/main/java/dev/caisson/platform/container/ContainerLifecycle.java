package dev.caisson.platform.container;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.network.NetworkException;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.platform.container.definition.ContainerConfig;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.NotModifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * What is done with a container between its creation and its removal. Every change of
 * state is written down before whoever waits for it is told. Safe for use by many
 * threads.
 */
@Component
final class ContainerLifecycle implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(ContainerLifecycle.class);

	/** Docker's own. */
	private static final int DEFAULT_STOP_SECONDS = 10;

	/** What the engine takes for it. */
	private static final Duration FOR_EVER = Duration.ofSeconds(-1);

	private final ContainerRegistry registry;

	private final ContainerJournal journal;

	private final ContainerEvents events;

	private final HealthChecks health;

	private final ImageStore images;

	private final ContainerSpecs specs;

	private final Volumes volumes;

	private final ContainerNetworks networks;

	private final ExecutorService removals = Executors
		.newThreadPerTaskExecutor(Thread.ofVirtual().name("auto-remove-", 0).factory());

	ContainerLifecycle(ContainerRegistry registry, ContainerJournal journal, ContainerEvents events,
			HealthChecks health, ImageStore images, ContainerSpecs specs, Volumes volumes, ContainerNetworks networks) {
		this.networks = networks;
		this.registry = registry;
		this.journal = journal;
		this.events = events;
		this.health = health;
		this.images = images;
		this.specs = specs;
		this.volumes = volumes;
	}

	/**
	 * Starts it.
	 * @throws NotModifiedException if it runs already
	 * @throws StartFailedException if it could not be started
	 */
	void start(ContainerEntry entry) {
		entry.transition().lock();
		try {
			checkStartable(entry);
			entry.restarts().begin();
			launch(entry);
		}
		finally {
			entry.transition().unlock();
		}
	}

	/**
	 * Starts it as its restart policy wants, unless a client has stopped it meanwhile.
	 */
	void startAgain(ContainerEntry entry) {
		entry.transition().lock();
		try {
			if (entry.restarts().beginStart() && !entry.isRemoving()) {
				launch(entry);
			}
		}
		catch (RuntimeException ex) {
			log.warn("container {} could not be started again: {}", entry.name(), ex.getMessage());
		}
		finally {
			entry.restarts().endStart();
			entry.transition().unlock();
		}
	}

	private static void checkStartable(ContainerEntry entry) {
		if (entry.isRemoving()) {
			throw new ContainerConflictException(
					"container is marked for removal and cannot be started: " + entry.id());
		}
		Phase phase = entry.state().phase();
		if (phase == Phase.PAUSED) {
			throw new ContainerConflictException("cannot start a paused container, try unpause instead");
		}
		if (!phase.canStart() || entry.restarts().isWaiting()) {
			throw new NotModifiedException("container " + entry.id() + " is already running");
		}
	}

	private void launch(ContainerEntry entry) {
		ContainerConfig config = entry.definition().config();
		try {
			PeerStates.check(this.registry, entry.definition().hostConfig());
			this.volumes.mount(entry);
			entry.container().start(this.specs.of(entry), config.openStdin() && !config.stdinOnce());
			this.volumes.publish(entry, true);
			this.events.publish(entry, "start");
			this.journal.noteState(entry);
			this.health.begin(entry);
		}
		catch (RuntimeException ex) {
			failed(entry);
			// what a network refuses has a status of its own
			throw (ex.getCause() instanceof NetworkException refusal) ? refusal
					: (ex instanceof LaunchFailedException failure) ? new StartFailedException(failure) : ex;
		}
	}

	/** A client that asked for removal waits for it, however the start came out. */
	private void failed(ContainerEntry entry) {
		this.volumes.unmount(entry);
		this.journal.noteState(entry);
		if (entry.definition().hostConfig().autoRemove()) {
			removeInBackground(entry);
		}
	}

	/**
	 * Ends it: its stop signal, then after the time SIGKILL.
	 * @param seconds to wait; null is the container's own; negative is for ever
	 * @param signal to send; empty is the container's own
	 * @throws NotModifiedException if it does not run
	 */
	void stop(ContainerEntry entry, @Nullable Integer seconds, String signal) {
		int number = stopSignal(entry, signal);
		if (!entry.isLive() && !entry.restarts().isWaiting()) {
			throw new NotModifiedException("container " + entry.id() + " is already stopped");
		}
		stopByClient(entry, number, grace(entry, seconds));
		this.events.publish(entry, "stop");
	}

	private void stopByClient(ContainerEntry entry, int signal, Duration grace) {
		noteSignal(entry, true);
		cancelRestart(entry);
		stop(entry, signal, grace);
	}

	/** On disk before the signal is sent: a policy must not undo what a client wanted. */
	private void noteSignal(ContainerEntry entry, boolean last) {
		entry.restarts().noteSignal(last);
		if (!entry.definition().hostConfig().restartPolicy().name().equals("no")) {
			this.journal.noteState(entry);
		}
	}

	/** One that has begun is waited for, so that what it starts can be stopped. */
	private static void cancelRestart(ContainerEntry entry) {
		if (entry.restarts().isWaiting()) {
			entry.transition().lock();
			try {
				entry.restarts().cancel();
			}
			finally {
				entry.transition().unlock();
			}
		}
	}

	private void stop(ContainerEntry entry, int signal, Duration grace) {
		entry.container()
			.stop(signal, grace,
					(sent) -> this.events.publish(entry, "kill", Map.of("signal", Integer.toString(sent))));
	}

	private static int stopSignal(ContainerEntry entry, String signal) {
		String own = entry.definition().config().stopSignal();
		if (!signal.isEmpty()) {
			return signal(signal);
		}
		return (own != null) ? signal(own) : SignalNumber.TERM.number();
	}

	private static Duration grace(ContainerEntry entry, @Nullable Integer seconds) {
		ContainerConfig config = entry.definition().config();
		Integer chosen = (seconds != null) ? seconds : config.stopTimeout();
		if (chosen == null) {
			return Duration.ofSeconds(DEFAULT_STOP_SECONDS);
		}
		return (chosen < 0) ? FOR_EVER : Duration.ofSeconds(chosen);
	}

	private static int signal(String text) {
		return SignalNumber.parse(text)
			.orElseThrow(() -> new BadParameterException("invalid signal: " + text))
			.number();
	}

	/** Stops it if it runs, and starts it. */
	void restart(ContainerEntry entry, @Nullable Integer seconds, String signal) {
		int number = stopSignal(entry, signal);
		if (entry.isLive() || entry.restarts().isWaiting()) {
			stopByClient(entry, number, grace(entry, seconds));
			this.events.publish(entry, "stop");
		}
		try {
			start(entry);
		}
		catch (NotModifiedException ex) {
			// somebody else started it meanwhile: it has been restarted all the same
			log.debug("{} was started while it restarted", entry.id());
		}
		this.events.publish(entry, "restart");
	}

	/** Stops it, for what runs in it is of no use, and starts it at once. */
	void replace(ContainerEntry entry) {
		entry.restarts().beginReplacement();
		stop(entry, stopSignal(entry, ""), grace(entry, null));
		this.events.publish(entry, "stop");
		entry.transition().lock();
		try {
			if (entry.restarts().endReplacement() && !entry.isRemoving() && entry.state().phase().canStart()) {
				launch(entry);
				this.events.publish(entry, "restart");
			}
		}
		finally {
			entry.transition().unlock();
		}
	}

	/**
	 * Sends a signal.
	 * @param signal name or number; empty is SIGKILL
	 */
	void kill(ContainerEntry entry, String reference, String signal) {
		int number = signal.isEmpty() ? SignalNumber.KILL.number() : signal(signal);
		boolean last = number == SignalNumber.KILL.number() || number == stopSignal(entry, "");
		if (entry.restarts().isWaiting()) {
			noteSignal(entry, last);
			cancelRestart(entry);
		}
		else if (!entry.isLive()) {
			throw new ContainerConflictException(
					"cannot kill container: " + reference + ": container " + entry.id() + " is not running");
		}
		noteSignal(entry, last);
		if (number == SignalNumber.KILL.number()) {
			// Docker answers a kill when the container has ended
			stop(entry, number, FOR_EVER);
		}
		else {
			this.events.publish(entry, "kill", Map.of("signal", Integer.toString(number)));
			entry.container().signal(number);
		}
	}

	void pause(ContainerEntry entry) {
		if (entry.restarts().isWaiting()) {
			throw ContainerConflictException.restarting(entry);
		}
		switch (entry.state().phase()) {
			case RUNNING -> entry.container().pause();
			case PAUSED -> throw new ContainerConflictException("container " + entry.id() + " is already paused");
			case CREATED, EXITED, REMOVING -> throw ContainerConflictException.notRunning(entry);
		}
		this.events.publish(entry, "pause");
		this.journal.noteState(entry);
	}

	void unpause(ContainerEntry entry) {
		if (entry.state().phase() != Phase.PAUSED) {
			throw new ContainerConflictException("container " + entry.id() + " is not paused");
		}
		entry.container().resume();
		this.events.publish(entry, "unpause");
		this.journal.noteState(entry);
	}

	void rename(ContainerEntry entry, String requested) {
		if (requested.isEmpty()) {
			throw new BadParameterException("Neither old nor new names may be empty");
		}
		String name = ContainerNames.check(requested);
		String old = entry.name();
		if (name.equals(old)) {
			throw new BadParameterException("Renaming a container with the same name as its current name");
		}
		this.registry.reserve(name, entry.id());
		try {
			this.journal.rename(entry, name);
		}
		catch (RuntimeException ex) {
			this.registry.release(name, entry.id());
			throw ex;
		}
		entry.rename(name);
		this.networks.tellNames(entry);
		this.registry.release(old, entry.id());
		this.events.publish(entry, "rename", Map.of("oldName", "/" + old));
	}

	/**
	 * Removes it with all it has.
	 * @param force whether to kill it if it runs
	 * @param withVolumes whether its anonymous volumes go too
	 */
	void remove(ContainerEntry entry, boolean force, boolean withVolumes) {
		entry.transition().lock();
		try {
			if (entry.isRemoving()) {
				throw new ContainerConflictException(
						"removal of container " + entry.name() + " is already in progress");
			}
			if (entry.isLive() || entry.restarts().isWaiting()) {
				end(entry, force);
			}
			entry.setRemoving(true);
			removeEnded(entry, withVolumes);
		}
		catch (RuntimeException ex) {
			entry.setRemoving(entry.removed().isDone());
			throw ex;
		}
		finally {
			entry.transition().unlock();
		}
	}

	private void end(ContainerEntry entry, boolean force) {
		if (!force) {
			String state = StatusText.word(entry);
			throw new ContainerConflictException("cannot remove container \"/" + entry.name() + "\": container is "
					+ (state.equals("paused") ? "paused and must be unpaused first"
							: state + ": stop the container before removing or force remove"));
		}
		stopByClient(entry, SignalNumber.KILL.number(), FOR_EVER);
	}

	/** The name is free before whoever waits for the removal is told. */
	private void removeEnded(ContainerEntry entry, boolean withVolumes) {
		ContainerState last = entry.state();
		entry.container().remove();
		this.volumes.release(entry.id().value(), entry.definition(), withVolumes);
		this.journal.remove(entry.id().value());
		this.health.forget(entry);
		this.images.release(entry.id().value());
		this.registry.remove(entry);
		this.events.publish(entry, "destroy");
		entry.removed().complete(last);
	}

	void removeInBackground(ContainerEntry entry) {
		this.removals.execute(() -> {
			try {
				remove(entry, false, true);
			}
			catch (ContainerConflictException ex) {
				log.debug("{} is not removed automatically: {}", entry.id(), ex.getMessage());
			}
			catch (RuntimeException ex) {
				log.error("container {} could not be removed automatically", entry.id(), ex);
			}
		});
	}

	@Override
	public void close() {
		this.removals.shutdown();
	}

}
