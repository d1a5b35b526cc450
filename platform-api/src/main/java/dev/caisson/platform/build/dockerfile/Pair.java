package dev.caisson.platform.build.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * A name and a value, as ENV, LABEL and ARG have them, quotes and variables as written.
 *
 * @param name not blank
 * @param value null if only a name was given, as ARG allows
 */
public record Pair(String name, @Nullable String value) {

}
