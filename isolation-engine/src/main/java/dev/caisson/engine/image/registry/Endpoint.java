package dev.caisson.engine.image.registry;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.image.ImageReference;

/**
 * A place where a registry may be reached.
 *
 * @param base what goes before {@code /v2/}
 * @param secure whether the server has to prove who it is, and nothing may leave for
 * plain HTTP
 * @param mirror whether it stands in for another, and gets no credentials
 */
record Endpoint(URI base, boolean secure, boolean mirror) {

	private static final String HUB = "docker.io", HUB_HOST = "registry-1.docker.io";

	/** Where this domain's images are, the best place first. */
	static List<Endpoint> of(String domain, RegistrySettings settings) {
		InsecureHosts insecure = new InsecureHosts(settings.insecure());
		List<Endpoint> places = new ArrayList<>();
		if (domain.equals(HUB)) {
			settings.mirrors().forEach((mirror) -> places.add(mirror(mirror, insecure)));
		}
		String host = domain.equals(HUB) ? HUB_HOST : domain;
		boolean secure = !insecure.contain(domain);
		places.add(new Endpoint(URI.create("https://" + host), secure, false));
		if (!secure) {
			places.add(new Endpoint(URI.create("http://" + host), false, false));
		}
		return places;
	}

	private static Endpoint mirror(URI uri, InsecureHosts insecure) {
		String text = uri.toString();
		URI base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
		boolean secure = "https".equals(uri.getScheme()) && !insecure.contain(uri.getAuthority());
		return new Endpoint(base, secure, true);
	}

	String host() {
		return this.base.getAuthority();
	}

	URI ping() {
		return URI.create(this.base + "/v2/");
	}

	URI manifest(ImageReference repository, String tagOrDigest) {
		return URI.create(this.base + "/v2/" + repository.path() + "/manifests/" + tagOrDigest);
	}

	URI blob(ImageReference repository, String rest) {
		return URI.create(this.base + "/v2/" + repository.path() + "/blobs/" + rest);
	}

	URI tags(ImageReference repository) {
		return URI.create(this.base + "/v2/" + repository.path() + "/tags/list");
	}

	/** Whether credentials for this place may go to another: the same server only. */
	boolean isOriginOf(URI uri) {
		return this.base.getScheme().equals(uri.getScheme()) && this.base.getAuthority().equals(uri.getAuthority());
	}

}
