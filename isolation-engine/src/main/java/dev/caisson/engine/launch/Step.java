package dev.caisson.engine.launch;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.SystemCall;

/**
 * One system call of a launch. Two steps are equal only if they are the same step.
 */
public final class Step {

	private final int index;

	private final String purpose;

	private final SystemCall call;

	private final List<Arg> args;

	private final Set<Errno> tolerated;

	Step(int index, String purpose, SystemCall call, List<Arg> args, Set<Errno> tolerated) {
		this.index = index;
		this.purpose = purpose;
		this.call = call;
		this.args = List.copyOf(args);
		this.tolerated = Set.copyOf(tolerated);
	}

	/** Its place within its section, from 0. */
	public int index() {
		return this.index;
	}

	/** What it is for, verb and object: {@code mount proc on /proc}. */
	public String purpose() {
		return this.purpose;
	}

	public SystemCall call() {
		return this.call;
	}

	public List<Arg> args() {
		return this.args;
	}

	/** The errors after which the launch goes on. */
	public Set<Errno> tolerated() {
		return this.tolerated;
	}

	/** The call as strace(1) would print it. */
	@Override
	public String toString() {
		return this.args.stream().map(Step::show).collect(Collectors.joining(", ", this.call.callName() + "(", ")"));
	}

	private static String show(Arg arg) {
		return switch (arg) {
			case Arg.Number(long _, String text) -> text;
			case Arg.Text(String value) -> '"' + value + '"';
			case Arg.Bytes(byte[] _, String text) -> text;
			case Arg.Struct(List<Arg> _, String text) -> text;
			case Arg.Vector(List<String> values) -> values.toString();
			case Arg.Output(String name, int _) -> "&" + name;
			case Arg.Descriptor(int number, String name) -> number + "<" + name + ">";
			case Arg.Result(Step step) -> "$" + step.call().callName() + "#" + step.index();
		};
	}

}
