package dev.caisson.platform.build.source;

/**
 * What a context may ask for at most: against archives that are small and unpack to
 * something enormous.
 *
 * @param entries files, directories and all else, which are kept in memory
 * @param bytes of file content, holes included
 * @param depth directories in a path
 * @param nameBytes of all names together
 */
public record ContextLimits(int entries, long bytes, int depth, long nameBytes) {

	public static final ContextLimits DEFAULT = new ContextLimits(400_000, 64L << 30, 256, 32 << 20);

}
