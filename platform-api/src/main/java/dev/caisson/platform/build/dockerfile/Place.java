package dev.caisson.platform.build.dockerfile;

/**
 * Where an instruction stands.
 *
 * @param line its first one, counted from 1
 * @param text of the instruction, its lines joined
 */
public record Place(int line, String text) {

	DockerfileException refuse(String reason) {
		return new DockerfileException(this.line, reason);
	}

}
