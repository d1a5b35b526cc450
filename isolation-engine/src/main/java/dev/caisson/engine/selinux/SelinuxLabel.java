package dev.caisson.engine.selinux;

/**
 * The labels of a container.
 *
 * @param process the context its processes run in
 * @param file the context of its files
 * @param sharedFile the context of files that it shares with other containers: the same
 * without categories
 */
public record SelinuxLabel(String process, String file, String sharedFile) {

	/**
	 * The option that gives all files of a mount the container's label, for the option
	 * string of mount(2). For fsconfig(2) the key is {@code context} and the value
	 * {@link #file()}, without quotes.
	 */
	public String mountOption() {
		return "context=\"" + this.file + "\"";
	}

}
