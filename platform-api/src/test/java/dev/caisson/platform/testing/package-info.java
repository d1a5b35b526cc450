/**
 * What tests of the API share: a server on sockets of its own, a plain client for unix
 * sockets, and the description of Docker's answers.
 */
@NullMarked
package dev.caisson.platform.testing;

import org.jspecify.annotations.NullMarked;
