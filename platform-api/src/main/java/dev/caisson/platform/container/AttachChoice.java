package dev.caisson.platform.container;

import dev.caisson.platform.container.definition.ContainerConfig;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a client attaches to.
 *
 * @param logs whether it gets what was written before
 * @param stream whether it gets what comes
 * @param stdin whether it writes
 * @param stdout whether it wants standard output
 * @param stderr whether it wants standard error
 * @param detach the keys that take it off; null if there is no terminal
 */
record AttachChoice(boolean logs, boolean stream, boolean stdin, boolean stdout, boolean stderr,
		@Nullable DetachKeys detach) {

	/**
	 * @throws BadParameterException if the keys to detach are none
	 */
	static AttachChoice of(HttpServletRequest request, ContainerConfig config) {
		String keys = request.getParameter("detachKeys");
		DetachKeys detach = DetachKeys.parse((keys == null || keys.isEmpty()) ? DetachKeys.DEFAULT : keys);
		return new AttachChoice(flag(request, "logs"), flag(request, "stream"),
				flag(request, "stdin") && config.openStdin(), flag(request, "stdout"), flag(request, "stderr"),
				config.tty() ? detach : null);
	}

	/** A terminal has one stream for both. */
	boolean wants(int number) {
		return (number == 2) ? this.stderr : this.stdout || (this.detach != null && this.stderr);
	}

	private static boolean flag(HttpServletRequest request, String name) {
		return QueryFlag.isTrue(request.getParameter(name));
	}

}
