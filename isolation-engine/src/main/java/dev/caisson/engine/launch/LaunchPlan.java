package dev.caisson.engine.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.SystemCall;

/**
 * A launch as data: the system calls of the keeper, one of which is clone3, and those of
 * the child that it makes. <pre>
 *   keeper: before… clone3 after… waitid, write the status, exit
 *                     \
 *   child:             mounts… identity… privileges… execve
 * </pre> A plan has no side effects: it can be printed, compared and stored, and run any
 * number of times. Immutable.
 */
public final class LaunchPlan {

	private final List<Step> keeper;

	private final List<Step> child;

	private final Map<String, Integer> descriptors;

	private LaunchPlan(Builder builder) {
		this.keeper = List.copyOf(builder.keeper.steps);
		this.child = List.copyOf(builder.child.steps);
		this.descriptors = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.descriptors));
	}

	public static Builder builder() {
		return new Builder();
	}

	/** What the keeper does, in order. */
	public List<Step> keeper() {
		return this.keeper;
	}

	/** What the container's first process does, in order. */
	public List<Step> child() {
		return this.child;
	}

	/**
	 * The descriptors that the keeper must be given, by name, with their numbers there.
	 */
	public Map<String, Integer> descriptors() {
		return this.descriptors;
	}

	/** Collects steps. Not thread-safe. */
	public static final class Builder {

		private final Section keeper = new Section();

		private final Section child = new Section();

		private final Map<String, Integer> descriptors = new LinkedHashMap<>();

		private Builder() {
			for (KeptDescriptor kept : KeptDescriptor.values()) {
				this.descriptors.put(kept.descriptorName(), kept.ordinal());
			}
		}

		public Section keeper() {
			return this.keeper;
		}

		public Section child() {
			return this.child;
		}

		/** A descriptor that whoever runs the plan must provide under this name. */
		public Arg.Descriptor descriptor(String name) {
			int number = this.descriptors.computeIfAbsent(name, (_) -> this.descriptors.size());
			return new Arg.Descriptor(number, name);
		}

		public LaunchPlan build() {
			return new LaunchPlan(this);
		}

	}

	/** The steps of one process. Not thread-safe. */
	public static final class Section {

		private final List<Step> steps = new ArrayList<>();

		private Section() {
		}

		/**
		 * Adds a call that must succeed.
		 * @param purpose verb and object, for the trace and for errors
		 */
		public Step call(String purpose, SystemCall call, Arg... args) {
			return attempt(purpose, Set.of(), call, args);
		}

		/**
		 * Adds a call that may fail with some errors.
		 * @param tolerated at most four errors after which the launch goes on
		 */
		public Step attempt(String purpose, Set<Errno> tolerated, SystemCall call, Arg... args) {
			if (tolerated.size() > SectionImage.MOST_TOLERATED || args.length > SectionImage.MOST_ARGUMENTS) {
				throw new IllegalArgumentException("too much for one step: " + purpose);
			}
			Step step = new Step(this.steps.size(), purpose, call, List.of(args), tolerated);
			this.steps.add(step);
			return step;
		}

	}

}
