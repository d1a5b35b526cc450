/**
 * The endpoints of the Docker API that reach out to registries: pull, push, login and
 * what a registry has. Credentials come with each request and are kept nowhere.
 */
@NullMarked
package dev.caisson.platform.image.registry;

import org.jspecify.annotations.NullMarked;
