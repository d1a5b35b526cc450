package dev.caisson.platform.access;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who gets in.
 *
 * @param sockets further unix sockets, which may do less
 * @param clientCa a file of PEM certificates: whoever has one that they signed may do
 * everything over TCP, as with Docker's {@code --tlsverify}
 * @param lockAfter wrong passwords in a row before an account is locked
 * @param lockFor how long it is locked
 */
@ConfigurationProperties("caisson.access")
record AccessSettings(@DefaultValue List<ExtraSocket> sockets, @Nullable Path clientCa,
		@DefaultValue("5") int lockAfter, @DefaultValue("15m") Duration lockFor) {

	/**
	 * A further unix socket.
	 *
	 * @param path where it is
	 * @param preset what it is for: {@code read-only}, {@code prometheus} or
	 * {@code traefik}
	 */
	record ExtraSocket(Path path, String preset) {
	}

}
