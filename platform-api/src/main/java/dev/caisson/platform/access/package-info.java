/**
 * Who may do what. On the unix socket the file's mode decides who gets in, and the socket
 * how much he may; on TCP it takes a session, a token or a client certificate. Requests
 * come in, callers go out. It must not know what the endpoints do.
 */
@NullMarked
package dev.caisson.platform.access;

import org.jspecify.annotations.NullMarked;
