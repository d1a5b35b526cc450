package dev.caisson.bench;

import java.io.IOException;

import java.nio.file.Path;

/** Create, start, wait and delete on a socket that speaks the Docker Engine API. */
final class DockerApi implements Contestant {

	private final String name;

	private final UnixHttp http;

	private final String definition;

	/**
	 * Connects.
	 * @param network {@code bridge} or {@code none}
	 */
	DockerApi(String name, Path socket, String network) throws Exception {
		this.name = name;
		this.http = new UnixHttp(socket);
		this.definition = "{\"Image\":\"busybox\",\"Cmd\":[\"true\"],\"HostConfig\":{\"NetworkMode\":\"" + network
				+ "\"}}";
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void runOnce() throws Exception {
		String created = this.http.send("POST", "/containers/create", this.definition);
		String container = "/containers/" + created.replaceFirst("(?s).*\"Id\":\\s*\"([0-9a-f]{64})\".*", "$1");
		this.http.send("POST", container + "/start", "");
		this.http.send("POST", container + "/wait", "");
		this.http.send("DELETE", container, "");
	}

	@Override
	public void close() throws IOException {
		this.http.close();
	}

}
