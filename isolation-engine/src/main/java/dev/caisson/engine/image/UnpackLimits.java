package dev.caisson.engine.image;

/**
 * What one layer may ask for at most: against archives that are small and unpack to
 * something enormous.
 *
 * @param entries files, directories and all else
 * @param bytes of file content, holes included
 * @param depth directories in a path
 * @param headerBytes of one entry's extended header
 * @param directoryNameBytes of all directories' paths together, which are kept in memory
 * until their times can be set
 */
record UnpackLimits(long entries, long bytes, int depth, int headerBytes, long directoryNameBytes) {

	static final UnpackLimits DEFAULT = new UnpackLimits(2_000_000, 256L << 30, 256, 1 << 20, 64 << 20);

}
