/**
 * The product as its users meet it: the service in a process of its own, the stock docker
 * client against its socket, and the kernel as the judge.
 */
@NullMarked
package dev.caisson.web.endtoend;

import org.jspecify.annotations.NullMarked;
