package dev.caisson.engine.cgroup;

/**
 * A value that goes into a control file.
 *
 * @param file its name, such as {@code memory.max}
 * @param key what the value is for, where a file has several; empty otherwise. Two
 * settings of one file and key replace each other.
 * @param text what is written
 * @param optional whether the kernel may lack the file
 */
record Setting(String file, String key, String text, boolean optional) {

	static Setting of(String file, String text) {
		return new Setting(file, "", text, false);
	}

	static Setting of(String file, long value) {
		return of(file, Long.toString(value));
	}

	static Setting ifThere(String file, String text) {
		return new Setting(file, "", text, true);
	}

	static Setting ifThere(String file, long value) {
		return ifThere(file, Long.toString(value));
	}

	static Setting keyed(String file, String key, String text) {
		return new Setting(file, key, text, false);
	}

	/** Whether this one takes the place of another. */
	boolean replaces(Setting other) {
		return this.file.equals(other.file) && this.key.equals(other.key);
	}

}
