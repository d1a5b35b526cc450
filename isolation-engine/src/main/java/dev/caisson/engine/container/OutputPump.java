package dev.caisson.engine.container;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.EventLoop;

/**
 * Moves the output of one run: <pre>
 *   pipe --splice--> spool --> log, then log position
 *                      \--> audience
 * </pre> Killed at any moment, a later service goes on from the recorded position, and no
 * line is missing or there twice. All but the constructor runs on the event loop's
 * thread.
 */
final class OutputPump {

	private final EventLoop loop;

	private final PumpBuffers buffers;

	private final LogFiles log;

	private final LogPosition position;

	private final Audience audience;

	private final List<OutputChannel> channels = new ArrayList<>();

	private final Runnable drained;

	private int open;

	private boolean positionKnown;

	/**
	 * Opens the spools.
	 * @param sources by the number of the stream
	 * @param drained told when all channels have come to their end
	 */
	OutputPump(EventLoop loop, PumpBuffers buffers, ContainerDirectory directory, LogFiles log, Audience audience,
			Map<Integer, OutputSource> sources, Runnable drained) {
		this.loop = loop;
		this.buffers = buffers;
		this.log = log;
		this.audience = audience;
		this.drained = drained;
		this.position = new LogPosition(directory.logPosition());
		LogPosition.Mark mark = LogPosition.read(directory.logPosition());
		if (mark != null) {
			log.restore(mark);
		}
		sources.forEach((stream, source) -> this.channels.add(new OutputChannel(stream, source,
				new Spool(directory.spool(stream)), (mark != null) ? mark.logged(stream) : 0, this, (_) -> closed())));
		this.open = this.channels.size();
	}

	void begin() {
		this.channels.forEach((channel) -> channel.begin(this.loop));
	}

	void processEnded() {
		List.copyOf(this.channels).forEach(OutputChannel::processEnded);
	}

	/** Ends what has not come to its end by itself. */
	void abandon() {
		List.copyOf(this.channels).forEach(OutputChannel::abandon);
	}

	/** Closes everything of this service; the container runs on. */
	void letGo() {
		this.channels.forEach(OutputChannel::letGo);
		this.position.close();
		this.log.close();
	}

	private void closed() {
		this.open--;
		if (this.open == 0) {
			this.position.close();
			this.log.close();
			this.drained.run();
		}
	}

	EventLoop loop() {
		return this.loop;
	}

	PumpBuffers buffers() {
		return this.buffers;
	}

	LogFiles log() {
		return this.log;
	}

	Audience audience() {
		return this.audience;
	}

	/**
	 * Appends to the log and records it.
	 * @param advance makes the channel know that it is in the log
	 */
	void append(MemorySegment entries, Runnable advance) {
		if (!this.positionKnown) {
			// what this run is about to append must be known from what was there before
			record();
		}
		this.log.append(entries);
		advance.run();
		record();
	}

	void rotateIfFull() {
		if (this.log.isFull(0)) {
			this.log.rotate();
			record();
			this.log.compressRotated();
		}
	}

	private void record() {
		long inode = this.log.inode();
		this.position.write(new LogPosition.Mark(inode, this.log.size(), logged(1), logged(2)));
		this.positionKnown = true;
	}

	private long logged(int stream) {
		for (OutputChannel channel : this.channels) {
			if (channel.stream() == stream) {
				return channel.logged();
			}
		}
		return 0;
	}

}
