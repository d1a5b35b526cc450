/**
 * Dockerfiles as text: what they say, and how their words are expanded. A Dockerfile
 * comes in, instructions come out; nothing here knows images or runs anything. Source:
 * the Dockerfile reference, https://docs.docker.com/reference/dockerfile/.
 */
@NullMarked
package dev.caisson.platform.build.dockerfile;

import org.jspecify.annotations.NullMarked;
