package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.Fd;

/** Brings what an earlier service left of one container into a state that is true. */
final class Recovery {

	private static final List<KeptDescriptor> STREAMS = List.of(KeptDescriptor.STDIN, KeptDescriptor.STDOUT,
			KeptDescriptor.STDERR, KeptDescriptor.TERMINAL, KeptDescriptor.RELAY_IN, KeptDescriptor.RELAY_OUT);

	private final Machinery machinery;

	private final Trash trash;

	Recovery(Machinery machinery, Trash trash) {
		this.machinery = machinery;
		this.trash = trash;
	}

	/** Ends and removes a container that nobody knows, or that was being removed. */
	void remove(ContainerDirectory directory) {
		this.machinery.runs().undo(directory, new Ledger(directory.ledger()));
		this.trash.take(directory.data());
		this.trash.take(directory.run());
	}

	/**
	 * Takes a container back.
	 * @return false if its run has ended and nobody has been told of it
	 */
	boolean takeBack(Container container, ContainerDirectory directory) {
		if (!container.state().phase().isLive()) {
			// what a start that was under way has made, or an end has left
			undo(container, directory);
			return true;
		}
		Optional<Run> run = this.machinery.runs().takeBack(directory, container.life().ledger());
		if (run.isPresent()) {
			container.life().resumeRun(run.get(), streams(run.get()));
			return true;
		}
		Optional<ExitStatus> status = status(directory);
		boolean oomKilled = this.machinery.runs().oomKilled(directory);
		logWhatWasSpooled(container, directory);
		container.life().endedBefore(status.orElse(Life.UNKNOWN_STATUS), oomKilled);
		undo(container, directory);
		return false;
	}

	private void undo(Container container, ContainerDirectory directory) {
		this.machinery.runs().undo(directory, container.life().ledger());
		LiveRun.deleteSpools(directory);
	}

	private static Map<KeptDescriptor, Fd> streams(Run run) {
		Map<KeptDescriptor, Fd> streams = new EnumMap<>(KeptDescriptor.class);
		for (KeptDescriptor kept : STREAMS) {
			run.take(kept).ifPresent((fd) -> streams.put(kept, fd));
		}
		return streams;
	}

	private static Optional<ExitStatus> status(ContainerDirectory directory) {
		try {
			return ExitStatus.parse(Files.readAllBytes(directory.status()));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/** The keeper is gone, and with it the pipes; what had been taken out is here. */
	private void logWhatWasSpooled(Container container, ContainerDirectory directory) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Audience nobody = new Audience(0, this.machinery.patience());
		this.machinery.loop().execute(() -> {
			try {
				new OutputPump(this.machinery.loop(), this.machinery.buffers(), directory, container.life().log(),
						nobody, Map.of(1, new OutputSource.Gone(), 2, new OutputSource.Gone()),
						() -> done.complete(null))
					.abandon();
			}
			catch (RuntimeException ex) {
				done.completeExceptionally(ex);
			}
		});
		done.join();
	}

}
