package dev.caisson.platform.server;

/**
 * The body of every error of the API.
 *
 * @param message for the client to read
 */
public record ErrorMessage(String message) {
}
