package dev.caisson.platform.container;

import java.time.Instant;

import dev.caisson.engine.container.ContainerState;
import org.jspecify.annotations.Nullable;

/**
 * What a list of containers shows of each.
 *
 * @param id 64 hex digits
 * @param name without a slash
 * @param image as the client named it
 * @param created when
 * @param word Docker's for the state: {@code running}, {@code restarting}
 * @param status the state as a sentence: {@code Up 5 minutes}
 * @param health Docker's word for it; empty if nobody looks or it does not run
 * @param state as the kernel has it now
 * @param nanoCpus the declared limit in billionths of a CPU; 0 is none
 * @param memoryLimit declared, in bytes; 0 is none
 * @param processLimit declared; null is none
 * @param privileged whether it was created so
 */
public record ContainerOverview(String id, String name, String image, Instant created, String word, String status,
		String health, ContainerState state, long nanoCpus, long memoryLimit, @Nullable Long processLimit,
		boolean privileged) {

}
