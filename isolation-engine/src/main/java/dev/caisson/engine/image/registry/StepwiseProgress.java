package dev.caisson.engine.image.registry;

import java.util.function.LongConsumer;

/** Tells now and then, and at the end, how many bytes were moved. For one thread. */
final class StepwiseProgress implements LongConsumer {

	private static final long STEP = 512 * 1024;

	private final long size;

	private final LongConsumer listener;

	private long told = -STEP;

	StepwiseProgress(long size, LongConsumer listener) {
		this.size = size;
		this.listener = listener;
	}

	@Override
	public void accept(long moved) {
		boolean end = moved == this.size && this.told != this.size;
		if (moved - this.told >= STEP || end) {
			this.told = moved;
			this.listener.accept(moved);
		}
	}

}
