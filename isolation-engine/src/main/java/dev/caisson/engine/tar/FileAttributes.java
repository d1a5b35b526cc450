package dev.caisson.engine.tar;

/** Which extended attributes go into an archive and come out of one. */
public final class FileAttributes {

	private FileAttributes() {
	}

	/**
	 * Whether an archive may have this attribute. It has no say about what steers
	 * overlayfs (a redirect could show another directory) or about the host's own labels
	 * and measurements.
	 */
	public static boolean isPortable(String key) {
		if (key.startsWith("trusted.overlay.") || key.startsWith("user.overlay.")) {
			return false;
		}
		return key.startsWith("user.") || key.startsWith("trusted.") || key.equals("security.capability")
				|| key.equals("system.posix_acl_access") || key.equals("system.posix_acl_default");
	}

}
