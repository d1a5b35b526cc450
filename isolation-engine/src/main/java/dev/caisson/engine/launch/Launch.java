package dev.caisson.engine.launch;

/**
 * A launch that succeeded.
 *
 * @param keeper who runs on
 * @param trace what it did
 */
public record Launch(Keeper keeper, LaunchTrace trace) {
}
