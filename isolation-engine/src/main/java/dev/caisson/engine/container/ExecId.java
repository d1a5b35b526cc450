package dev.caisson.engine.container;

import java.util.regex.Pattern;

import dev.caisson.engine.spec.ContainerId;

/**
 * The id of an exec instance, of the same form as a container's.
 *
 * @param value 64 lower-case hex digits
 */
public record ExecId(String value) {

	private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

	public ExecId {
		if (!FORM.matcher(value).matches()) {
			throw new IllegalArgumentException("invalid exec id: " + value);
		}
	}

	static ExecId random() {
		return new ExecId(ContainerId.random().value());
	}

	@Override
	public String toString() {
		return this.value;
	}

}
