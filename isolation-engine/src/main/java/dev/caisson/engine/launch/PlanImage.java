package dev.caisson.engine.launch;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A plan in the form that stage0 maps into its memory: two files, of which the child
 * keeps only its own. In a container, a process that may trace others could otherwise
 * write into the steps of the keeper, which has all of the host.
 *
 * @param plan what is encoded
 * @param keeper the keeper's steps
 * @param child the child's steps
 */
record PlanImage(LaunchPlan plan, SectionImage keeper, SectionImage child) {

	/** Encodes a plan, in which one step may be made to fail. */
	static PlanImage of(LaunchPlan plan, @Nullable Fault fault) {
		int keepers = plan.keeper().size();
		if (fault != null && fault.step() >= keepers + plan.child().size()) {
			throw new IndexOutOfBoundsException("the plan has no step " + fault.step());
		}
		Fault keeperFault = (fault != null && fault.step() < keepers) ? fault : null;
		Fault childFault = (fault != null && fault.step() >= keepers) ? new Fault(fault.step() - keepers, fault.errno())
				: null;
		return new PlanImage(plan,
				SectionImage.of(plan.keeper(), SectionImage.KEEPER, childDescriptor(plan), keeperFault),
				SectionImage.of(plan.child(), SectionImage.CHILD, 0, childFault));
	}

	/** The number of the file with the child's steps: behind all that the plan names. */
	static int childDescriptor(LaunchPlan plan) {
		return plan.descriptors().size();
	}

	/** The step at which the launch was given up, keeper's steps first, or -1. */
	int stopped() {
		int stopped = this.child.stopped();
		return (stopped >= 0) ? this.plan.keeper().size() + stopped : this.keeper.stopped();
	}

	/** The process that runs the program, 0 if it was not made. */
	int process() {
		int joined = this.child.made();
		return (joined > 0) ? joined : this.keeper.made();
	}

	int stepCount() {
		return this.plan.keeper().size() + this.plan.child().size();
	}

	Step step(int index) {
		return isChilds(index) ? this.plan.child().get(place(index)) : this.plan.keeper().get(index);
	}

	boolean isChilds(int index) {
		return index >= this.plan.keeper().size();
	}

	private int place(int index) {
		return isChilds(index) ? index - this.plan.keeper().size() : index;
	}

	private SectionImage section(int index) {
		return isChilds(index) ? this.child : this.keeper;
	}

	long result(int index) {
		return section(index).result(place(index));
	}

	/** Of the counter, 0 if the step was not reached. */
	long begin(int index) {
		return section(index).begin(place(index));
	}

	/** Of the counter, 0 if the step has not returned. */
	long end(int index) {
		return section(index).end(place(index));
	}

	/** What the keeper has been told by the kernel. */
	ByteBuffer keeperBytes() {
		return this.keeper.bytes();
	}

}
