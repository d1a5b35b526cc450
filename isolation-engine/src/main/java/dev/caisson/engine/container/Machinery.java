package dev.caisson.engine.container;

import java.time.Duration;
import java.util.concurrent.ExecutorService;

import dev.caisson.engine.linux.EventLoop;

/**
 * What all containers share.
 *
 * @param loop where descriptors are watched
 * @param buffers the loop's memory
 * @param background platform threads for work that blocks
 * @param runs begins runs
 * @param mostBehind bytes that an attached client may be behind
 * @param patience how long an attached client may read nothing, when it is that far
 * behind; and how long output is waited for that a process holds open which has outlived
 * the container
 */
record Machinery(EventLoop loop, PumpBuffers buffers, ExecutorService background, Runs runs, long mostBehind,
		Duration patience) {
}
