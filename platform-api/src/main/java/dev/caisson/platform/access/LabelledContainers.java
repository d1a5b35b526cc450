package dev.caisson.platform.access;

/** The containers, as far as a scope depends on them. */
public interface LabelledContainers {

	/**
	 * Whether a container has a label.
	 * @param reference its id, name, or the beginning of its id
	 * @throws dev.caisson.platform.server.ApiException 404 if there is none
	 */
	boolean has(String reference, String label, String value);

}
